/** What a session is called: as somebody named it, else the beginning of its first question. */

import { titleOf } from "../../turn/title-of";
import type { Messages } from "../memory/messages";
import type { Database } from "../sqlite/database";
import { metaOf, setMeta } from "../sqlite/meta";

export class Title {
  readonly #db: Database;
  readonly #messages: Messages;

  constructor(db: Database, messages: Messages) {
    this.#db = db;
    this.#messages = messages;
  }

  /** As somebody named it. */
  get given(): string | undefined {
    return metaOf(this.#db, "title");
  }

  /** Null where there is neither. */
  get text(): string | null {
    const { given } = this;
    const question = given === undefined ? this.#messages.firstQuestion() : undefined;
    return given ?? (question ? titleOf(question.content) : null);
  }

  /** @param text undefined for none */
  set(text: string | undefined): void {
    this.#db.transaction(() => setMeta(this.#db, "title", text));
  }
}
