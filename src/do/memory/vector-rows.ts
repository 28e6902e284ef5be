/** The vectors of a session's messages: of the first so many, in their order. */

import type { Database } from "../sqlite/database";
import { metaOf, setMeta } from "../sqlite/meta";
import { cosine, EXACT, nearestBySigns, pack, signsOf, strideOf, wordsOf } from "./vectors";

/** Vectors of a row. The last row is not full, and written anew with each that comes; its signs follow when it is. */
const BLOCK = 64;

/** A vector each, by place: whole rows in memory would be megabytes a question. */
const READ = `SELECT wanted.value, substr(data, (wanted.value % ${BLOCK}) * ?1 + 1, ?1)
  FROM json_each(?2) AS wanted JOIN vectors ON block = wanted.value / ${BLOCK}`;

/** Which model made the vectors, and how many dimensions they have; 0 while there are none. */
interface Made {
  model: string;
  dimensions: number;
}

/** The signs of all vectors, one behind the other. */
interface Signs {
  count: number;
  data: Uint32Array;
}

/** Which encoder makes vectors, and the AI Gateway that it is called through. */
export interface EncoderOptions {
  model: string;
  gateway: string;
}

export class VectorRows {
  readonly #db: Database;
  /** Kept while the object lives: an eighth of the vectors' size. */
  #signs: Signs | undefined;
  /** Another number each time that vectors are dropped. */
  version = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  get made(): Made {
    return metaOf(this.#db, "vectors") ?? { model: "", dimensions: 0 };
  }

  /** How many messages have a vector of this model. */
  count(model: string): number {
    const { model: maker, dimensions } = this.made;
    return maker === model && dimensions > 0 ? this.#count(strideOf(dimensions)) : 0;
  }

  /** Which encoder an alarm goes on with, where one was planned. */
  get planned(): (EncoderOptions & { failures: number }) | null {
    return metaOf(this.#db, "encoder") ?? null;
  }

  /** @param failures how often in a row it has failed */
  plan({ model, gateway }: EncoderOptions, failures = 0): void {
    this.#db.transaction(() => setMeta(this.#db, "encoder", { model, gateway, failures }));
  }

  /** Adds the vectors of the messages behind those that have one; of another model or other dimensions they begin anew. */
  add(model: string, vectors: Float32Array[]): void {
    const dimensions = vectors[0]?.length ?? 0;
    const { made } = this;
    this.#db.transaction(() => {
      const isSame = made.model === model && made.dimensions === dimensions;
      // Behind vectors of other dimensions these are worth nothing: all are made again.
      const begins = this.count(model) === 0;
      if (!isSame) this.#begin({ model, dimensions });
      if (isSame || begins) this.#append(vectors);
    });
  }

  #begin(made: Made): void {
    this.clear();
    setMeta(this.#db, "vectors", made);
  }

  #append(vectors: Float32Array[]): void {
    const { dimensions } = this.made;
    const stride = strideOf(dimensions);
    const signs = this.#load(dimensions);
    let at = this.#count(stride);
    while (vectors.length > 0) {
      const block = Math.floor(at / BLOCK);
      const place = at % BLOCK;
      const next = vectors.slice(0, BLOCK - place);
      const data = new Uint8Array((place + next.length) * stride);
      if (place > 0) data.set(this.#row(block));
      for (const [index, vector] of next.entries()) {
        const packed = data.subarray((place + index) * stride, (place + index + 1) * stride);
        pack(vector, packed);
        this.#addSigns(signs, packed, dimensions);
      }
      this.#db.write("INSERT OR REPLACE INTO vectors (block, data) VALUES (?, ?)", block, data.buffer);
      if (place + next.length === BLOCK) this.#writeSigns(signs, block, dimensions);
      at += next.length;
      vectors = vectors.slice(next.length);
    }
  }

  /** Drops the vectors of messages from a `seq` on. Call it inside a transaction. */
  dropFrom(seq: number): void {
    const stride = strideOf(this.made.dimensions);
    const kept = seq - 1;
    const block = Math.floor(kept / BLOCK);
    this.#db.write(
      "DELETE FROM vectors WHERE block > ? OR (block = ? AND ?)",
      block,
      block,
      Number(kept % BLOCK === 0),
    );
    this.#db.write("UPDATE vectors SET data = substr(data, 1, ?) WHERE block = ?", (kept % BLOCK) * stride, block);
    this.#db.write("DELETE FROM signs WHERE block >= ?", block);
    this.forget();
  }

  /** Call it inside a transaction. */
  clear(): void {
    this.forget();
    this.#db.write("DELETE FROM vectors");
    this.#db.write("DELETE FROM signs");
    setMeta(this.#db, "vectors", undefined);
  }

  /** Forgets what it knows of vectors that are gone. */
  forget(): void {
    this.version += 1;
    this.#signs = undefined;
  }

  /** The messages before a `seq` whose meaning is nearest to a question's, by `seq`, best first, the newer of equals. */
  nearest(question: Float32Array, before: number, most: number): number[] {
    const { dimensions } = this.made;
    if (question.length !== dimensions) return [];
    const stride = strideOf(dimensions);
    const signs = this.#load(dimensions);
    const packed = new Uint8Array(stride);
    pack(question, packed);
    const wanted = new Uint32Array(wordsOf(dimensions));
    signsOf(packed, wanted);
    const places = nearestBySigns(signs.data, Math.min(signs.count, before - 1), wanted, most);
    const seqs = places.map((place) => place + 1);
    return [...this.#ranked(question, places.slice(0, EXACT)), ...seqs.slice(EXACT)];
  }

  /** Places as the `seq` of their messages, by how near their vectors are to a question's. */
  #ranked(question: Float32Array, places: number[]): number[] {
    const found: { seq: number; near: number }[] = [];
    // In order, so that a row of which several are wanted is at hand.
    const wanted = JSON.stringify(places.sort((a, b) => a - b));
    for (const [place, data] of this.#db.tuples<[number, ArrayBuffer]>(READ, strideOf(question.length), wanted)) {
      found.push({ seq: place + 1, near: cosine(question, new Uint8Array(data)) });
    }
    return found.sort((a, b) => b.near - a.near || b.seq - a.seq).map(({ seq }) => seq);
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

  /** The signs, from the rows that have them, and those of the last vectors from these. */
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
    for (let at = 0; at < rest.length; at += stride) this.#addSigns(signs, rest.subarray(at, at + stride), dimensions);
    this.#signs = signs;
    return signs;
  }

  #addSigns(signs: Signs, packed: Uint8Array, dimensions: number): void {
    const words = wordsOf(dimensions);
    if ((signs.count + 1) * words > signs.data.length) {
      const larger = new Uint32Array(2 * signs.data.length + BLOCK * words);
      larger.set(signs.data);
      signs.data = larger;
    }
    signsOf(packed, signs.data.subarray(signs.count * words, (signs.count + 1) * words));
    signs.count += 1;
  }

  #writeSigns({ data }: Signs, block: number, dimensions: number): void {
    const words = wordsOf(dimensions);
    const signs = data.slice(block * BLOCK * words, (block + 1) * BLOCK * words);
    this.#db.write("INSERT OR REPLACE INTO signs (block, data) VALUES (?, ?)", block, signs.buffer);
  }
}
