/**
 * Stores the vectors of a session's messages. The vector of the message with `seq` n has the place n - 1. A row whose
 * vectors are all empty is not stored, except the last one, because its end is the number of places.
 */

import type { Database } from "../sqlite/database";
import { metaOf, setMeta } from "../sqlite/meta";
import type { EncoderPlan } from "./encoder-plan";
import type { Near } from "./meaning-evidence";
import { loadSigns, type Signs, setSigns, writeSigns } from "./signs";
import { BLOCK, cosine, EXACT, isEmpty, nearestBySigns, pack, signsOf, strideOf, wordsOf } from "./vectors";

/** Returns the row of a message's vector. */
const blockOf = (seq: number) => Math.floor((seq - 1) / BLOCK);

/** Reads single vectors by place: whole rows would take megabytes of memory for each question. */
const READ = `SELECT wanted.value, substr(data, (wanted.value % ${BLOCK}) * ?1 + 1, ?1)
  FROM json_each(?2) AS wanted JOIN vectors ON block = wanted.value / ${BLOCK}`;

/** The model of the stored vectors, and their number of dimensions; 0 without vectors. */
interface Made {
  model: string;
  dimensions: number;
}

/** The vector of a message; null without a usable one. */
export interface PlacedVector {
  seq: number;
  vector: Float32Array | null;
}

export class VectorRows {
  readonly #db: Database;
  /** Cached in memory. */
  #signs: Signs | undefined;

  constructor(db: Database) {
    this.#db = db;
    db.caches(() => {
      this.#signs = undefined;
    });
  }

  get made(): Made {
    return metaOf(this.#db, "vectors") ?? { model: "", dimensions: 0 };
  }

  /** Returns the number of messages that have a vector of this model. */
  count(model: string): number {
    const places = this.#places(model);
    const query = "SELECT count(*) AS count FROM stale_vectors";
    return places && places - (this.#db.rows<{ count: number }>(query)[0]?.count ?? 0);
  }

  /**
   * Returns the `seq` of the next messages that need a vector: messages whose vectors were emptied, then messages after
   * the last vector.
   * @param last the last message that may have a vector
   */
  wanted(model: string, last: number, most: number): number[] {
    const places = this.#places(model);
    const query = "SELECT seq FROM stale_vectors ORDER BY seq LIMIT ?";
    const stale = places === 0 ? [] : this.#db.rows<{ seq: number }>(query, most).map(({ seq }) => seq);
    const behind = Math.max(0, Math.min(last - places, most - stale.length));
    return [...stale, ...Array.from({ length: behind }, (_, at) => places + 1 + at)];
  }

  /** The encoder for the next alarm; null if none is planned. */
  get planned(): EncoderPlan | null {
    return metaOf(this.#db, "encoder") ?? null;
  }

  plan(plan: EncoderPlan): void {
    this.#db.transaction(() => setMeta(this.#db, "encoder", plan));
  }

  /**
   * Stores vectors of messages that {@link wanted} returned, in the same order. If the model or the dimensions changed,
   * deletes all older vectors.
   * @param vectors null for a message that changed meanwhile: its vector must be made again
   */
  store(model: string, dimensions: number, vectors: PlacedVector[]): void {
    const { made } = this;
    this.#db.transaction(() => {
      const isSame = made.model === model && made.dimensions === dimensions;
      if (!isSame) this.#begin({ model, dimensions });
      // No place is skipped: its message would never get a vector. If the dimensions changed, these vectors may not begin
      // with the first message, and if later messages were deleted meanwhile, not behind the last place.
      let places = this.#places(model);
      const next: PlacedVector[] = [];
      for (const vector of vectors) {
        if (vector.seq > places + 1) break;
        next.push(vector);
        places = Math.max(places, vector.seq);
      }
      this.#put(next);
    });
  }

  /** Empties the vectors of messages. They are made again later. */
  empty(seqs: number[]): void {
    const { model } = this.made;
    const places = this.#places(model);
    this.#put(seqs.filter((seq) => seq <= places).map((seq) => ({ seq, vector: null })));
  }

  /**
   * Deletes the vectors of deleted messages, from one `seq` to another. Call it inside a transaction.
   * @param end the last message that is left: later places are used again
   */
  erase(first: number, last: number, end: number): void {
    const { model, dimensions } = this.made;
    if (dimensions === 0) return;
    this.#cut(end, strideOf(dimensions));
    const places = this.#places(model);
    const count = Math.min(last, places) - first + 1;
    if (count <= 0) return;
    // Whole rows at once. The last row is kept for its end.
    const rows = [Math.ceil((first - 1) / BLOCK), Math.min(Math.floor(last / BLOCK), blockOf(places))] as const;
    this.#delete("block >= ? AND block < ?", ...rows);
    const vector = new Float32Array(dimensions);
    const seqs = Array.from({ length: count }, (_, at) => first + at);
    const others = seqs.filter((seq) => blockOf(seq) < rows[0] || blockOf(seq) >= rows[1]);
    this.#put(others.map((seq) => ({ seq, vector })));
    this.#db.write("DELETE FROM stale_vectors WHERE seq >= ? AND seq <= ?", first, last);
  }

  /** Deletes the places after a `seq`. */
  #cut(end: number, stride: number): void {
    const bytes = (end % BLOCK) * stride;
    this.#delete("block >= ?", Math.ceil(end / BLOCK));
    const cut = "UPDATE vectors SET data = substr(data, 1, ?1) WHERE block = ?2 AND length(data) > ?1";
    if (bytes > 0) {
      this.#db.write(cut, bytes, blockOf(end));
      this.#db.write("DELETE FROM signs WHERE block = ?", blockOf(end));
    }
    this.#db.write("DELETE FROM stale_vectors WHERE seq > ?", end);
  }

  #delete(where: string, ...values: number[]): void {
    this.#signs = undefined;
    for (const table of ["vectors", "signs"]) this.#db.write(`DELETE FROM ${table} WHERE ${where}`, ...values);
  }

  #begin(made: Made): void {
    this.clear();
    setMeta(this.#db, "vectors", made);
  }

  #put(vectors: PlacedVector[]): void {
    if (vectors.length === 0) return;
    const { dimensions } = this.made;
    const stride = strideOf(dimensions);
    const signs = this.#load(dimensions);
    const lastBlock = blockOf(Math.max(this.#count(stride), vectors.at(-1)?.seq ?? 1));
    for (const [block, own] of Map.groupBy(vectors, ({ seq }) => blockOf(seq))) {
      const before = this.#row(block);
      const count = block < lastBlock ? BLOCK : (((own.at(-1)?.seq ?? 1) - 1) % BLOCK) + 1;
      const data = new Uint8Array(Math.max(before.length, count * stride));
      data.set(before);
      for (const { seq, vector } of own) {
        const place = (seq - 1) % BLOCK;
        const packed = data.subarray(place * stride, (place + 1) * stride);
        if (vector) pack(vector, packed);
        else packed.fill(0);
        setSigns(signs, seq - 1, packed, dimensions);
      }
      if (block < lastBlock && isEmpty(data)) {
        this.#delete("block = ?", block);
        continue;
      }
      this.#db.write("INSERT OR REPLACE INTO vectors (block, data) VALUES (?, ?)", block, data.buffer);
      if (data.length === BLOCK * stride) writeSigns(this.#db, signs, block, dimensions);
    }
    for (const { seq, vector } of vectors) {
      const write = vector
        ? "DELETE FROM stale_vectors WHERE seq = ?"
        : "INSERT OR IGNORE INTO stale_vectors VALUES (?)";
      this.#db.write(write, seq);
    }
  }

  /** Deletes all vectors. */
  clear(): void {
    this.#signs = undefined;
    for (const table of ["vectors", "signs", "stale_vectors"]) this.#db.write(`DELETE FROM ${table}`);
    setMeta(this.#db, "vectors", undefined);
  }

  /**
   * Returns the messages nearest in meaning to a question, best first; equally near ones newest first.
   * @param before only messages before this `seq`
   */
  nearest(question: Float32Array, before: number, most: number): Near[] {
    const { dimensions } = this.made;
    if (question.length !== dimensions) return [];
    const stride = strideOf(dimensions);
    const signs = this.#load(dimensions);
    const packed = new Uint8Array(stride);
    pack(question, packed);
    const wanted = new Uint32Array(wordsOf(dimensions));
    signsOf(packed, wanted);
    const places = nearestBySigns(signs.data, Math.min(signs.count, before - 1), wanted, most);
    const others = places.slice(EXACT).map((place) => ({ seq: place + 1, cosine: -1 }));
    return [...this.#ranked(question, places.slice(0, EXACT)), ...others];
  }

  /** Returns the messages at some places, the nearest to a question's vector first. */
  #ranked(question: Float32Array, places: number[]): Near[] {
    const found: Near[] = [];
    // In order, so that several vectors of one row are read together.
    const wanted = JSON.stringify(places.sort((a, b) => a - b));
    for (const [place, data] of this.#db.tuples<[number, ArrayBuffer]>(READ, strideOf(question.length), wanted)) {
      found.push({ seq: place + 1, cosine: cosine(question, new Uint8Array(data)) });
    }
    // Empty vectors are not near to anything.
    return found.filter((near) => near.cosine !== 0).sort((a, b) => b.cosine - a.cosine || b.seq - a.seq);
  }

  /** Returns the number of places, used or emptied, for vectors of this model. */
  #places(model: string): number {
    const { model: maker, dimensions } = this.made;
    return maker === model ? this.#count(strideOf(dimensions)) : 0;
  }

  #count(stride: number): number {
    const query = "SELECT block, length(data) AS bytes FROM vectors ORDER BY block DESC LIMIT 1";
    const [row] = this.#db.rows<{ block: number; bytes: number }>(query);
    return row ? row.block * BLOCK + row.bytes / stride : 0;
  }

  #row(block: number): Uint8Array {
    const [row] = this.#db.rows<{ data: ArrayBuffer }>("SELECT data FROM vectors WHERE block = ?", block);
    return new Uint8Array(row?.data ?? new ArrayBuffer(0));
  }

  #load(dimensions: number): Signs {
    this.#signs ??= loadSigns(this.#db, dimensions, this.#count(strideOf(dimensions)), (block) => this.#row(block));
    return this.#signs;
  }
}
