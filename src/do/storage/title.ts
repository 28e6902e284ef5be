/** What a session is called: as somebody named it, else the beginning of its first question. */
import type { Database } from "./database";
import type { Messages } from "./messages";
import { metaOf, setMeta } from "./meta";

/** Characters of a first question. */
const LENGTH = 80;

/** The beginning of a question, in one line. */
export const titleOf = (question: string): string =>
  [...question.slice(0, 4 * LENGTH).replace(/\s+/g, " ")].slice(0, LENGTH).join("");

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
