/** What a session is called: as somebody named it, else the beginning of its first question. */
import type { Database } from "./database";
import type { Messages } from "./messages";

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

  /** Null where there is neither. */
  get text(): string | null {
    const [row] = this.#db.rows<{ value: string }>("SELECT value FROM meta WHERE key = 'title'");
    const question = row ? undefined : this.#messages.firstQuestion();
    return row?.value ?? (question ? titleOf(question.content) : null);
  }

  set(text: string): void {
    const write = "INSERT OR REPLACE INTO meta (key, value) VALUES ('title', ?)";
    this.#db.transaction(() => this.#db.write(write, text));
  }

  /** Call it inside a transaction. */
  clear(): void {
    this.#db.write("DELETE FROM meta WHERE key = 'title'");
  }
}
