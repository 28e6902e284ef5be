import { StorageError } from "../../turn/storage-error";
import type { Tables } from "../sqlite/tables";
import { type Found, FullText, type Limits, type Wanted } from "./fulltext";
import { NOT_QUIET } from "./message-rows";
import type { End, Tail } from "./tail";

/** An append indexes the waiting messages if they are more than so many, or have more tokens together. */
const MOST = { messages: 32, tokens: 2_048 };
/** From this number of tokens on, FTS5 merges more segments at once: that saves an eighth of the CPU. */
const LONG = 125_000;
const LONG_SEGMENTS = 16;
/** The messages that are read at once. */
const READ = 16;

/** Reads hidden messages too, because they may be shown again. Withdrawn ones have no text. */
const WAITING = `SELECT seq, content, name, created_at FROM messages WHERE seq > ? AND ${NOT_QUIET} ORDER BY seq LIMIT ${READ}`;
type Row = [seq: number, content: string, name: string | null, createdAt: number];

/**
 * The full-text index of messages. Indexes them in groups, which takes half the CPU: each write makes a segment that FTS5
 * merges with others later. Many sessions end before any message leaves the window, and never need the index.
 */
export class MessageIndex extends FullText {
  readonly #db: Tables;
  readonly #tail: Tail;
  /** The end of the indexed messages; undefined if it must be read. Later messages wait. */
  #indexed: End | undefined;
  /** The last message when a search last needed it, as searches of sessions with vectors do. */
  #searchedAt = Number.NEGATIVE_INFINITY;

  constructor(db: Tables, tail: Tail) {
    super(db);
    this.#db = db;
    this.#tail = tail;
  }

  /** Indexes the waiting messages if they are many, or if the next search may need them. Call it after each append. */
  appended(): void {
    const { messages, tokens } = this.#waiting();
    const isSearched = this.#tail.end().last - this.#searchedAt <= MOST.messages;
    if (isSearched || messages > MOST.messages || tokens > MOST.tokens) this.complete();
  }

  /** Indexes all waiting messages. Call it inside a transaction. */
  complete(): void {
    const isLong = this.#waiting().tokens > LONG;
    if (isLong) this.mergeEach(LONG_SEGMENTS);
    let { last } = this.#indexedEnd();
    let rows: Row[];
    do {
      // An open query would lock the tables if a write failed.
      rows = [...this.#db.tuples<Row>(WAITING, last)];
      for (const [seq, content, name, createdAt] of rows) {
        this.insert(seq, { content, name: name ?? undefined, createdAt });
        last = seq;
      }
    } while (rows.length === READ);
    if (isLong) this.mergeEach();
    this.#indexed = this.#tail.end();
  }

  /** First indexes the waiting messages if one of them is before the given `seq`. */
  override find(wanted: Wanted[], before: number, limits: Limits): Found[] {
    const { last } = this.#tail.end();
    // The next appends then index at once: a write in a search delays its reply.
    if (before > last) this.#searchedAt = last;
    if (wanted.length > 0 && this.#indexedEnd().last < Math.min(last, before - 1)) {
      try {
        this.#db.transaction(() => this.complete());
      } catch (error) {
        // A full database can still be searched, without the waiting messages.
        if (!(error instanceof StorageError)) throw error;
      }
    }
    return super.find(wanted, before, limits);
  }

  /** Empties the cache. Call it after other code has changed rows of messages. */
  forget(): void {
    this.#indexed = undefined;
  }

  #waiting(): { messages: number; tokens: number } {
    const [end, indexed] = [this.#tail.end(), this.#indexedEnd()];
    return { messages: end.last - indexed.last, tokens: end.tokens - indexed.tokens };
  }

  #indexedEnd(): End {
    const query = "SELECT max(id) AS last FROM messages_fts_docsize";
    this.#indexed ??= this.#tail.end((this.#db.rows<{ last: number | null }>(query)[0]?.last ?? 0) + 1);
    return this.#indexed;
  }
}
