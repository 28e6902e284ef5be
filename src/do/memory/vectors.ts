/**
 * Packs vectors of meaning: one byte per dimension and a scale. A search compares only the signs first, in a fraction
 * of the time, to find the vectors that need an exact comparison.
 */

/**
 * The number of vectors, the best by their signs, that are ranked by their bytes. Reading them takes longer than the
 * rest of a recall. The order of later ones hardly matters, because evidence depends on the logarithm of the rank.
 */
export const EXACT = 128;
/** Vectors per row. Each new vector rewrites the last row until it is full; its signs are stored then. */
export const BLOCK = 64;
/** The highest value of a byte. */
const MOST = 127;
const SCALE_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Returns the bytes of a packed vector: its scale, then one byte per dimension. */
export const strideOf = (dimensions: number) => SCALE_BYTES + dimensions;
/** Returns the number of 32-bit words for a vector's signs. */
export const wordsOf = (dimensions: number) => (dimensions + 31) >> 5;

/** Returns a vector scaled to length 1: the product of two such vectors is their cosine. */
export function unit(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return Float32Array.from(vector, (value) => value / length);
}

/** Packs a vector into the given bytes. All bytes of an empty vector are 0. */
export function pack(vector: Float32Array, into: Uint8Array): void {
  const scale = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / MOST;
  new DataView(into.buffer, into.byteOffset).setFloat32(0, scale, true);
  for (const [at, value] of vector.entries()) into[SCALE_BYTES + at] = Math.round(value / (scale || 1));
}

/** Writes the signs of a packed vector into the given words: zeros for an empty vector, and for no other. */
export function signsOf(packed: Uint8Array, into: Uint32Array): void {
  into.fill(0);
  if (isEmpty(packed)) return;
  for (let at = SCALE_BYTES; at < packed.length; at += 1) {
    const dimension = at - SCALE_BYTES;
    // The highest bit of a byte is its sign.
    if ((packed[at] ?? 0) < 128) into[dimension >> 5] = (into[dimension >> 5] ?? 0) | (1 << (dimension & 31));
  }
  if (into.every((word) => word === 0)) into[0] = 1;
}

/** Returns whether packed vectors are all empty. */
export const isEmpty = (packed: Uint8Array): boolean => packed.every((byte) => byte === 0);

/** Returns the cosine of a vector and a packed vector. */
export function cosine(vector: Float32Array, packed: Uint8Array): number {
  const bytes = new Int8Array(packed.buffer, packed.byteOffset + SCALE_BYTES, vector.length);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 1) sum += (vector[at] ?? 0) * (bytes[at] ?? 0);
  return sum * new DataView(packed.buffer, packed.byteOffset).getFloat32(0, true);
}

/** Returns the number of set bits. From Hacker's Delight, figure 5-2. */
function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The distance of an empty vector: more than any other. */
const FARTHEST = 0xffff;

/**
 * Returns the places, among the first `count`, with the most similar signs, best first; equal ones newest first. Places
 * of empty vectors are left out.
 */
export function nearestBySigns(signs: Uint32Array, count: number, wanted: Uint32Array, most: number): number[] {
  const words = wanted.length;
  const distances = new Uint16Array(count);
  const frequency = new Uint32Array(words * 32 + 1);
  for (let place = 0, from = 0; place < count; place += 1, from += words) {
    let distance = 0;
    let any = 0;
    for (let at = 0; at < words; at += 1) {
      const word = signs[from + at] ?? 0;
      any |= word;
      distance += bitsIn(word ^ (wanted[at] ?? 0));
    }
    distances[place] = any === 0 ? FARTHEST : distance;
    if (any !== 0) frequency[distance] = (frequency[distance] ?? 0) + 1;
  }
  let limit = 0;
  for (let reached = frequency[0] ?? 0; reached < most && limit < frequency.length; reached += frequency[limit] ?? 0) {
    limit += 1;
  }
  const near: number[] = [];
  for (let place = count - 1; place >= 0; place -= 1) if ((distances[place] ?? 0) <= limit) near.push(place);
  return near.sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0) || b - a).slice(0, most);
}
