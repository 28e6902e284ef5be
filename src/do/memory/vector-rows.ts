/** Stores the vectors of a session's messages. The vector of the message with `seq` n has the place n - 1. */

import type { Database } from "../sqlite/database";
import { metaOf, setMeta } from "../sqlite/meta";
import type { EncoderPlan } from "./encoder-plan";
import type { Near } from "./evidence";
import { cosine, EXACT, nearestBySigns, pack, signsOf, strideOf, wordsOf } from "./vectors";

/** Vectors per row. Each new vector rewrites the last row until it is full; its signs are stored then. */
const BLOCK = 64;

/** Reads single vectors by place: whole rows would take megabytes of memory for each question. */
const READ = `SELECT wanted.value, substr(data, (wanted.value % ${BLOCK}) * ?1 + 1, ?1)
  FROM json_each(?2) AS wanted JOIN vectors ON block = wanted.value / ${BLOCK}`;

/** The model of the stored vectors, and their number of dimensions; 0 without vectors. */
interface Made {
  model: string;
  dimensions: number;
}

/** The signs of all vectors, one after the other. */
interface Signs {
  count: number;
  data: Uint32Array;
}

/** The vector of a message; null without a usable one. */
export interface PlacedVector {
  seq: number;
  vector: Float32Array | null;
}

export class VectorRows {
  readonly #db: Database;
  /** Cached in memory: an eighth of the vectors' size. */
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
    return places === 0 ? 0 : places - this.#staleCount();
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

  plan({ model, gateway, meter, failures, batch }: EncoderPlan): void {
    this.#db.transaction(() => setMeta(this.#db, "encoder", { model, gateway, meter, failures, batch }));
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
      // If only the dimensions changed, these vectors do not begin with the first message: all are made again.
      const begins = this.#places(model) === 0;
      if (!isSame) this.#begin({ model, dimensions });
      if (isSame || begins) this.#put(vectors);
    });
  }

  /** Empties the vectors of messages. They are made again later. */
  empty(seqs: number[]): void {
    const { model } = this.made;
    const places = this.#places(model);
    this.#put(seqs.filter((seq) => seq <= places).map((seq) => ({ seq, vector: null })));
  }

  /** Deletes the vectors from one `seq` to another: they stay empty. Call it inside a transaction. */
  erase(first: number, last: number): void {
    const { model, dimensions } = this.made;
    const count = Math.min(last, this.#places(model)) - first + 1;
    const vector = new Float32Array(dimensions);
    this.#put(Array.from({ length: Math.max(0, count) }, (_, at) => ({ seq: first + at, vector })));
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
    for (const [block, own] of Map.groupBy(vectors, ({ seq }) => Math.floor((seq - 1) / BLOCK))) {
      const before = this.#row(block);
      const count = ((own.at(-1)?.seq ?? 1) - 1) % BLOCK;
      const data = new Uint8Array(Math.max(before.length, (count + 1) * stride));
      data.set(before);
      for (const { seq, vector } of own) {
        const place = (seq - 1) % BLOCK;
        const packed = data.subarray(place * stride, (place + 1) * stride);
        if (vector) pack(vector, packed);
        else packed.fill(0);
        this.#setSigns(signs, seq - 1, packed, dimensions);
      }
      this.#db.write("INSERT OR REPLACE INTO vectors (block, data) VALUES (?, ?)", block, data.buffer);
      if (data.length === BLOCK * stride) this.#writeSigns(signs, block, dimensions);
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
    return maker === model && dimensions > 0 ? this.#count(strideOf(dimensions)) : 0;
  }

  #staleCount(): number {
    return this.#db.rows<{ count: number }>("SELECT count(*) AS count FROM stale_vectors")[0]?.count ?? 0;
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

  /** Returns all signs: reads those of full rows, and computes those of the last row from its vectors. */
  #load(dimensions: number): Signs {
    if (this.#signs) return this.#signs;
    const signs: Signs = { count: 0, data: new Uint32Array(0) };
    const stride = strideOf(dimensions);
    const words = wordsOf(dimensions);
    const count = dimensions === 0 ? 0 : this.#count(stride);
    signs.data = new Uint32Array((count + BLOCK) * words);
    for (const [data] of this.#db.tuples<[ArrayBuffer]>("SELECT data FROM signs ORDER BY block")) {
      signs.data.set(new Uint32Array(data), signs.count * words);
      signs.count += BLOCK;
    }
    const rest = signs.count < count ? this.#row(signs.count / BLOCK) : new Uint8Array(0);
    for (let at = 0; at < rest.length; at += stride) {
      this.#setSigns(signs, signs.count, rest.subarray(at, at + stride), dimensions);
    }
    this.#signs = signs;
    return signs;
  }

  #setSigns(signs: Signs, place: number, packed: Uint8Array, dimensions: number): void {
    const words = wordsOf(dimensions);
    if ((place + 1) * words > signs.data.length) {
      const larger = new Uint32Array(2 * signs.data.length + BLOCK * words);
      larger.set(signs.data);
      signs.data = larger;
    }
    signsOf(packed, signs.data.subarray(place * words, (place + 1) * words));
    signs.count = Math.max(signs.count, place + 1);
  }

  #writeSigns({ data }: Signs, block: number, dimensions: number): void {
    const words = wordsOf(dimensions);
    const signs = data.slice(block * BLOCK * words, (block + 1) * BLOCK * words);
    this.#db.write("INSERT OR REPLACE INTO signs (block, data) VALUES (?, ?)", block, signs.buffer);
  }
}
