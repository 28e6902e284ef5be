import { sum } from "../../turn/sum";
import type { Message } from "../../turn/types";
import type { Tables } from "../sqlite/tables";
import { type Columns, charactersOf, SAID, toMessage } from "./message-rows";

/**
 * The most characters in the cache: as many as a window of the default size reads. Many sessions share the memory of a
 * process.
 */
const MOST = 49_152;

/** The end of a transcript. */
export interface End {
  last: number;
  tokens: number;
}

/** Caches the newest messages of a transcript: every ask reads them, and only the last exchange is new. */
export class Tail {
  readonly #db: Tables;
  #end: End | undefined;
  /** The newest messages, without gaps, newest first. An append makes a new list, because a reader may use the old one. */
  #kept: Message[] = [];

  constructor(db: Tables) {
    this.#db = db;
  }

  /** See {@link Messages.end}. */
  end(before?: number): End {
    if (before === undefined && this.#end) return this.#end;
    const query = "SELECT seq, tokens_so_far FROM messages WHERE seq < ? ORDER BY seq DESC LIMIT 1";
    const [row] = this.#db.rows<{ seq: number; tokens_so_far: number }>(query, before ?? Number.MAX_SAFE_INTEGER);
    const end = { last: row?.seq ?? 0, tokens: row?.tokens_so_far ?? 0 };
    if (before === undefined) this.#end = end;
    return end;
  }

  /** Adds the rows of appended messages, oldest first, and sets the end. */
  extend(end: End, rows: Columns[]): void {
    this.#end = end;
    // Keeps an empty cache empty: no prompt needs the messages of an import yet.
    if (this.#kept.length === 0) return;
    this.#kept = [...rows.map(toMessage).reverse(), ...this.#kept];
    let excess = sum(this.#kept, charactersOf) - MOST;
    while (excess > 0) excess -= sum(this.#kept.splice(-1), charactersOf);
  }

  /** Yields the messages up to a `seq`, newest first. Callers do not change them. */
  *backwards(last: number): Generator<Message> {
    if (last < this.end().last) {
      yield* this.#read(last);
      return;
    }
    const kept = this.#kept;
    yield* kept;
    const oldest = kept.at(-1)?.seq ?? last + 1;
    if (oldest === 1) return;
    let room = MOST - sum(kept, charactersOf);
    for (const message of this.#read(oldest - 1)) {
      room -= charactersOf(message);
      if (room >= 0) kept.push(message);
      yield message;
    }
  }

  /** Empties the cache. Call it after messages were changed or deleted. */
  forget(): void {
    this.#kept = [];
    this.#end = undefined;
  }

  *#read(last: number): Generator<Message> {
    const query = `${SAID} m.seq <= ? ORDER BY m.seq DESC`;
    for (const row of this.#db.tuples<Columns>(query, last)) yield toMessage(row);
  }
}
