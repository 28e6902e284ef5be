/** The signs of all vectors: loaded into memory for searches, and stored in one row for each full row of vectors. */
import type { Database } from "../sqlite/database";
import { BLOCK, signsOf, strideOf, wordsOf } from "./vectors";

/** The signs of places, one after the other: an eighth of the vectors' size. */
export interface Signs {
  count: number;
  data: Uint32Array;
}

/**
 * Returns the signs of the first places: reads those of full rows, and computes those of the last row from its vectors.
 * @param rowOf returns the vectors of a row
 */
export function loadSigns(
  db: Database,
  dimensions: number,
  count: number,
  rowOf: (block: number) => Uint8Array,
): Signs {
  const [stride, words] = [strideOf(dimensions), wordsOf(dimensions)];
  const signs: Signs = { count: count - (count % BLOCK), data: new Uint32Array((count + BLOCK) * words) };
  for (const [block, data] of db.tuples<[number, ArrayBuffer]>("SELECT block, data FROM signs")) {
    signs.data.set(new Uint32Array(data), block * BLOCK * words);
  }
  const rest = signs.count < count ? rowOf(signs.count / BLOCK) : new Uint8Array(0);
  for (let at = 0; at < rest.length; at += stride) {
    setSigns(signs, signs.count, rest.subarray(at, at + stride), dimensions);
  }
  return signs;
}

/** Sets the signs of a place in memory. */
export function setSigns(signs: Signs, place: number, packed: Uint8Array, dimensions: number): void {
  const words = wordsOf(dimensions);
  if ((place + 1) * words > signs.data.length) {
    const larger = new Uint32Array(2 * signs.data.length + BLOCK * words);
    larger.set(signs.data);
    signs.data = larger;
  }
  signsOf(packed, signs.data.subarray(place * words, (place + 1) * words));
  signs.count = Math.max(signs.count, place + 1);
}

/** Stores the signs of a full row. Call it inside a transaction. */
export function writeSigns(db: Database, { data }: Signs, block: number, dimensions: number): void {
  const words = wordsOf(dimensions);
  const signs = data.slice(block * BLOCK * words, (block + 1) * BLOCK * words);
  db.write("INSERT OR REPLACE INTO signs (block, data) VALUES (?, ?)", block, signs.buffer);
}
