/** Sets of code points, for the character classes of regular expressions. */

/** The first and last code point, both included. */
export type Range = readonly [from: number, to: number];

export interface CharSet {
  /** Sorted and disjoint. */
  ranges: Range[];
  /** Tests of one character for a Unicode property. */
  properties: RegExp[];
  inverted: boolean;
}

const LAST = 0x10ffff;

/** Returns the set of the characters in these ranges or with these properties, or of all others if inverted. */
export function charSet(ranges: readonly Range[], properties: RegExp[] = [], inverted = false): CharSet {
  const merged: [number, number][] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return { ranges: merged, properties, inverted };
}

/** Returns the gaps between sorted, disjoint ranges. */
export function inverse(ranges: readonly Range[]): Range[] {
  const gaps: Range[] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST) gaps.push([next, LAST]);
  return gaps;
}

export function has({ ranges, properties, inverted }: CharSet, code: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[1] ?? LAST) < code) low = middle + 1;
    else high = middle;
  }
  const found =
    (ranges[low]?.[0] ?? Infinity) <= code ||
    (properties.length > 0 && properties.some((property) => property.test(String.fromCodePoint(code))));
  return found !== inverted;
}

export const DIGITS: Range[] = [[0x30, 0x39]];
export const WORD: Range[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
export const LINE_ENDS: Range[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
export const SPACE: Range[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

const word = charSet(WORD);
export const isWord = (code: number): boolean => has(word, code);
