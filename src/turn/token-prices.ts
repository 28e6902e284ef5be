/** The tokens of words, white space and single characters: prices that were fitted to Llama 3's tokenizer. */

/**
 * Each letter, with the letters that often follow it in English: the vocabulary has most words that consist of such pairs.
 */
const FOLLOWERS =
  "abcdfghiklmnprstuvwyz baeiloruy cacehiklortu daeiorsu eacdefiklmnoprstvwxy faefilortu gaehilorsu haeinortuy iabcdefgklmnoprstvz jou keins ladefiklopstuwy maeimopsuy nacdegijknosty oabcdfghiklmnoprstuvwy paehiloprstu qu racdefgiklmnorstuy sacehikopstuy tabcehilorstuy ucdegilmnprst vaeio waehinor xcp yeiost zi";

/** Tokens per character, by script. Other scripts cost a token per byte, the maximum. */
const SCRIPTS: [RegExp, number][] = [
  [/[\u00c0-\u024f\u1e00-\u1eff]/, 1],
  [/[\u0300-\u036f]/, 1],
  [/[\u0370-\u03ff]/, 0.6],
  [/[\u0400-\u04ff]/, 0.55],
  [/[\u0590-\u05ff]/, 1.3],
  [/[\u0600-\u06ff]/, 0.6],
  [/[\u0900-\u097f]/, 0.75],
  [/[\u0e00-\u0e7f]/, 0.7],
  [/[\u3000-\u30ff\uff00-\uffef]/, 1],
  [/[\u4e00-\u9fff]/, 1.35],
  [/[\uac00-\ud7a3]/, 1.2],
];

/** The tokens of a language's words: per letter, and per unusual pair of letters. */
export interface Prices {
  letters: number;
  unusual: number;
}
export const ENGLISH: Prices = { letters: 1 / 9, unusual: 0.3 };
export const OTHER: Prices = { letters: 1 / 3.6, unusual: 0.6 };
/** The least tokens of a word: even short words are not always one token. */
const KNOWN = 1.04;
/** The factor for words in capitals: fewer of them are in the vocabulary. */
const CAPITALS = 1.5;

/** Whether a letter often follows another, by their places in the alphabet. */
const follows = new Uint8Array(32 * 32);
for (const [letter = "", ...others] of FOLLOWERS.split(" "))
  for (const other of others) follows[letterOf(letter, 0) * 32 + letterOf(other, 0)] = 1;

/** Returns the place in the alphabet, from 1, of a letter in upper or lower case. */
export function letterOf(text: string, at: number): number {
  return text.charCodeAt(at) & 31;
}

/** Returns the tokens of the word between two places of a text. @param isCapitals whether all its letters are capitals */
export function wordTokens(
  text: string,
  from: number,
  to: number,
  { isCapitals, by }: { isCapitals: boolean; by: Prices },
): number {
  let unusual = 0;
  for (let at = from + 1; at < to; at += 1) {
    if (follows[letterOf(text, at - 1) * 32 + letterOf(text, at)] === 0) unusual += 1;
  }
  const length = to - from;
  // A name or a random string in an English text is not an English word.
  const prices = unusual > length / 3 ? OTHER : by;
  const capitals = isCapitals && length > 1 ? CAPITALS : 1;
  return capitals * Math.max(KNOWN, length * prices.letters + unusual * prices.unusual);
}

/** Returns the tokens of white space. Long runs of one kind take few tokens, and a single space none. */
export function spaceTokens(space: string): number {
  if (space === " ") return 0;
  let runs = 0;
  for (let at = 0; at < space.length; at += 1) {
    const one = space.charAt(at);
    if ((one !== " " && one !== "\n") || one !== space.charAt(at - 1)) runs += 1;
  }
  return 0.4 + 0.6 * runs + space.length / 16;
}

/** The tokens of other characters, by code point, and how many of them are cached. */
const others = new Map<number, number>();
const MOST_OTHERS = 10_000;

/** Returns the tokens of a character that is neither a letter of English, a digit, space nor ASCII punctuation. */
export function otherTokens(code: number): number {
  const known = others.get(code);
  if (known !== undefined) return known;
  const character = String.fromCodePoint(code);
  const script = SCRIPTS.find(([pattern]) => pattern.test(character));
  const tokens = script ? script[1] : code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x20000 ? 3 : 4;
  if (others.size < MOST_OTHERS) others.set(code, tokens);
  return tokens;
}
