import type { Role } from "../../turn/types";
import type { Tables } from "../sqlite/tables";

/** The most outlines in the cache, some megabytes. The oldest entries are dropped first. */
const MAX_KEPT = 50_000;

/** The fields of a message that ranking needs. */
export interface Outline {
  seq: number;
  tokens: number;
  createdAt: number;
  name: string;
  role: Role;
  /** The traits of the message, as bits. */
  traits: number;
}

/**
 * Caches the outlines of a session's messages: the messages of a long session are far apart on disk, and different
 * questions need the same messages.
 */
export class Outlines {
  readonly #db: Tables;
  readonly #kept = new Map<number, Outline>();

  constructor(db: Tables) {
    this.#db = db;
    db.caches(() => this.forget());
  }

  /** Returns outlines by `seq`, oldest first. */
  get(seqs: number[]): Outline[] {
    for (const seq of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(seq);
    }
    const missing = seqs.filter((seq) => !this.#kept.has(seq));
    if (missing.length > 0) for (const outline of this.#read(missing)) this.#kept.set(outline.seq, outline);
    const outlines: Outline[] = [];
    // Typed arrays are sorted without calls of a function.
    for (const seq of Float64Array.from(seqs).sort()) {
      const outline = this.#kept.get(seq);
      if (outline) outlines.push(outline);
    }
    return outlines;
  }

  /** Removes a changed message from the cache, or all messages without a `seq`. */
  forget(seq?: number): void {
    if (seq === undefined) this.#kept.clear();
    else this.#kept.delete(seq);
  }

  /** Reads all outlines as one row, because a row costs more time than its content. */
  #read(seqs: number[]): Outline[] {
    const [row] = this.#db.rows<{ outlines: string }>(
      `SELECT json_group_array(json_object('seq', seq, 'tokens', tokens, 'createdAt', created_at,
         'name', coalesce(name, ''), 'role', role, 'traits', traits)) AS outlines
       FROM messages WHERE seq IN (SELECT value FROM json_each(?))`,
      JSON.stringify(seqs),
    );
    return row ? JSON.parse(row.outlines) : [];
  }
}
