import { StorageError } from "../../turn/storage-error";
import type { Tables } from "../sqlite/tables";
import { type Found, FullText, type Limits, type Wanted } from "./fulltext";
import type { End, Tail } from "./tail";

/** An append indexes the new messages if they are more than so many, or have more tokens together. */
const MOST = { messages: 32, tokens: 2_048 };
/** From this number of tokens on, FTS5 merges more segments at once: that saves an eighth of the CPU. */
const LONG = 125_000;
const LONG_SEGMENTS = 16;

/** Leaves out quiet messages, which have nothing to find, and withdrawn ones. */
const NEW = "SELECT seq, content, name, created_at FROM messages WHERE seq > ? AND role != 'tool' AND content != ''";

/**
 * The full-text index of messages. Indexes new messages in groups, which takes half the CPU: each write makes a segment that
 * FTS5 merges with others later. Many sessions end before any message leaves the window, and never need the index.
 */
export class MessageIndex extends FullText {
  readonly #db: Tables;
  readonly #tail: Tail;
  /** The end of the messages that are indexed; undefined if it must be read. */
  #indexed: End | undefined;
  /** Whether the last search that found new messages needed the newest one, as all do if the session has vectors. */
  #isEager = false;

  constructor(db: Tables, tail: Tail) {
    super(db);
    this.#db = db;
    this.#tail = tail;
  }

  /** Indexes the new messages if they are many, or if the next search will need them. Call it after each append. */
  appended(): void {
    const { last, tokens } = this.#end();
    const end = this.#tail.end();
    if (this.#isEager || end.last - last > MOST.messages || end.tokens - tokens > MOST.tokens) this.complete();
  }

  /** Indexes all new messages. Call it inside a transaction. */
  complete(): void {
    const { last, tokens } = this.#end();
    const end = this.#tail.end();
    const isLong = end.tokens - tokens > LONG;
    if (isLong) this.mergeEach(LONG_SEGMENTS);
    const rows = this.#db.tuples<[seq: number, content: string, name: string | null, createdAt: number]>(NEW, last);
    for (const [seq, content, name, createdAt] of rows)
      this.insert(seq, { content, name: name ?? undefined, createdAt });
    if (isLong) this.mergeEach();
    this.#indexed = end;
  }

  /** First indexes the new messages if one of them is before the given `seq`. */
  override find(wanted: Wanted[], before: number, limits: Limits): Found[] {
    const { last } = this.#tail.end();
    if (this.#end().last < Math.min(last, before - 1)) {
      // A write in a search delays its reply.
      this.#isEager = before > last;
      try {
        this.#db.transaction(() => this.complete());
      } catch (error) {
        // A full database can still be searched, without its newest messages.
        if (!(error instanceof StorageError)) throw error;
      }
    }
    return super.find(wanted, before, limits);
  }

  /** Empties the cache. Call it after messages were deleted. */
  forget(): void {
    this.#indexed = undefined;
  }

  #end(): End {
    const query = "SELECT max(id) AS last FROM messages_fts_docsize";
    this.#indexed ??= this.#tail.end((this.#db.rows<{ last: number | null }>(query)[0]?.last ?? 0) + 1);
    return this.#indexed;
  }
}
