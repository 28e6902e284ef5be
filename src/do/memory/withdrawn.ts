/** Messages that were deleted, or that a running turn hides. Their rows stay, so that `seq` has no gaps. */
import { sum } from "../../turn/sum";
import type { Message } from "../../turn/types";
import { metaOf, setMeta } from "../sqlite/meta";
import type { Tables } from "../sqlite/tables";
import type { FullText } from "./fulltext";
import type { Outlines } from "./message-cache";
import { WITHDRAWN } from "./message-rows";
import type { Tail } from "./tail";

/** A value of the table of single values. */
const KEY = "withdrawn";

type Shown = Pick<Message, "seq" | "role" | "status">;

/** Only answers that are not complete have a status in their row. */
const statusColumn = ({ role, status }: Shown): string | null =>
  role === "assistant" && status !== "complete" ? status : null;

export class Withdrawn {
  readonly #db: Tables;
  readonly #index: FullText;
  readonly #outlines: Outlines;
  readonly #tail: Tail;

  constructor(db: Tables, index: FullText, outlines: Outlines, tail: Tail) {
    this.#db = db;
    this.#index = index;
    this.#outlines = outlines;
    this.#tail = tail;
  }

  /** The number of deleted messages, and the tokens that they had. */
  get sums(): { messages: number; tokens: number } {
    return metaOf(this.#db, KEY) ?? { messages: 0, tokens: 0 };
  }

  /** Empties messages and marks them as withdrawn. */
  add(messages: Message[]): void {
    const { messages: count, tokens } = this.sums;
    this.#tail.forget();
    for (const { seq } of messages) {
      this.#db.write(
        `UPDATE messages SET turn = NULL, content = '', tokens = 0, traits = 0, status = ?, memory = NULL, calls = NULL,
         call_id = NULL WHERE seq = ?`,
        WITHDRAWN,
        seq,
      );
      this.#index.delete(seq);
      this.#outlines.forget(seq);
    }
    setMeta(this.#db, KEY, {
      messages: count + messages.length,
      tokens: tokens + sum(messages, (message) => message.tokens),
    });
  }

  /** Hides messages from all reads until {@link show} is called. */
  hide(messages: Shown[]): void {
    this.#setStatus(messages, WITHDRAWN);
  }

  /** Ends the effect of {@link hide}. @param messages as they were before it */
  show(messages: Shown[]): void {
    for (const [status, own] of Map.groupBy(messages, statusColumn)) this.#setStatus(own, status);
  }

  clear(): void {
    setMeta(this.#db, KEY, undefined);
  }

  #setStatus(messages: Shown[], status: string | null): void {
    const seqs = JSON.stringify(messages.map(({ seq }) => seq));
    this.#tail.forget();
    this.#db.write("UPDATE messages SET status = ? WHERE seq IN (SELECT value FROM json_each(?))", status, seqs);
  }
}
