import type { Tables } from "../sqlite/tables";

/** How many are kept: some megabytes at most. Those that were read first go first. */
const MAX_KEPT = 50_000;

/** What ranking needs to know of a message. */
export interface Outline {
  seq: number;
  tokens: number;
  createdAt: number;
  name: string;
  /** What it looks like, as bits. */
  traits: number;
}

/**
 * The outlines of a session's messages. Those that were read are kept: the messages of a long session lie far apart on disk,
 * and questions come back to some of them.
 */
export class Outlines {
  readonly #db: Tables;
  readonly #kept = new Map<number, Outline>();

  constructor(db: Tables) {
    this.#db = db;
    db.caches(() => this.forget());
  }

  /** By `seq`, oldest first. */
  get(seqs: number[]): Outline[] {
    for (const seq of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(seq);
    }
    const missing = seqs.filter((seq) => !this.#kept.has(seq));
    if (missing.length > 0) for (const outline of this.#read(missing)) this.#kept.set(outline.seq, outline);
    return seqs.toSorted((a, b) => a - b).flatMap((seq) => this.#kept.get(seq) ?? []);
  }

  /** What is known of a message that has changed, or of all, is read anew. */
  forget(seq?: number): void {
    if (seq === undefined) this.#kept.clear();
    else this.#kept.delete(seq);
  }

  /** All in one row of the query, because each row costs more than what it holds. */
  #read(seqs: number[]): Outline[] {
    const [row] = this.#db.rows<{ outlines: string }>(
      `SELECT json_group_array(json_object('seq', seq, 'tokens', tokens, 'createdAt', created_at,
         'name', coalesce(name, ''), 'traits', traits)) AS outlines
       FROM messages WHERE seq IN (SELECT value FROM json_each(?))`,
      JSON.stringify(seqs),
    );
    return row ? JSON.parse(row.outlines) : [];
  }
}
