/** The title of a session: the given one, else the start of its first question. */
import { titleOf } from "../../turn/title-of";
import type { Messages } from "../memory/messages";
import type { Database } from "../sqlite/database";
import { metaOf, setMeta } from "../sqlite/meta";

/** The key in the table of single values. */
export const TITLE = "title";

export class Title {
  readonly #db: Database;
  readonly #store: { readonly messages: Messages };

  constructor(db: Database, store: { readonly messages: Messages }) {
    this.#db = db;
    this.#store = store;
  }

  /** The title that a client set. */
  get given(): string | undefined {
    return metaOf(this.#db, TITLE);
  }

  /** Null for a session without title and question. */
  get text(): string | null {
    const { given } = this;
    const question = given === undefined ? this.#store.messages.firstQuestion() : undefined;
    return given ?? (question ? titleOf(question.content) : null);
  }

  /** @param text undefined deletes the title */
  set(text: string | undefined): void {
    this.#db.transaction(() => setMeta(this.#db, TITLE, text));
  }
}
