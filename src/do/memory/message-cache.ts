import type { Role } from "../../turn/types";
import type { Tables } from "../sqlite/tables";

/** The most outlines in the cache, some megabytes. A full cache begins again: dropping single entries costs more. */
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
  }

  /** Returns outlines by `seq`, oldest first. */
  get(seqs: number[]): Outline[] {
    if (this.#kept.size > MAX_KEPT) this.forget();
    const missing = seqs.filter((seq) => !this.#kept.has(seq));
    if (missing.length > 0) this.#read(missing);
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
  #read(seqs: number[]): void {
    const [row] = this.#db.rows<{ outlines: string }>(
      `SELECT json_group_array(json_array(seq, tokens, created_at, coalesce(name, ''), role, traits)) AS outlines
       FROM messages WHERE seq IN (SELECT value FROM json_each(?))`,
      JSON.stringify(seqs),
    );
    const outlines: [number, number, number, string, Role, number][] = row ? JSON.parse(row.outlines) : [];
    for (const [seq, tokens, createdAt, name, role, traits] of outlines)
      this.#kept.set(seq, { seq, tokens, createdAt, name, role, traits });
  }
}
