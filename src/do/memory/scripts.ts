/** Splits texts of different scripts into words. Messages and questions are split the same way. */

/** Scripts to index by pairs of characters: they have no spaces between words, or join particles to the word. */
const UNSPACED_SCRIPTS =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u30fc";
export const UNSPACED = new RegExp(`[${UNSPACED_SCRIPTS}]+`, "gu");
export const UNSPACED_CHARACTER = new RegExp(`[${UNSPACED_SCRIPTS}]`, "u");
export const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Emoji, other pictures and flags. FTS5 drops them, so each is indexed as a word of its own. */
const EMOJI = /\p{RI}{2}|\p{Extended_Pictographic}/gu;
/** Matches only codes that exist, and in linear time: a message may contain such a word as text. */
const EMOJI_WORD = /^emoji[0-9a-f]{2,5}(?:x[0-9a-f]{2,5})*$/;
/** The most different emoji to index of a message. */
const MOST_EMOJI = 50;

/** The most characters that {@link normalize} may add to a text. */
export const GROWTH_MORE = 1_000;

/**
 * Returns one spelling for texts that can be spelled differently: width, ligatures and other letters, accents of Greek and
 * of ё (FTS5 removes those of Latin letters), Arabic and Hebrew vowels, alef, Arabic article and digits. Some characters
 * expand to a word of up to 18 letters: a text with many of them loses its end.
 */
export function normalize(text: string): string {
  return text
    .normalize("NFKC")
    .slice(0, text.length + GROWTH_MORE)
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .replaceAll("ø", "o")
    .replaceAll("ł", "l")
    .replaceAll("ı", "i")
    .replaceAll("ى", "ي")
    .replaceAll("ة", "ه")
    .replace(/[ΐά-ΰϊ-ώёأإآ]/g, (letter) => letter.normalize("NFD").charAt(0))
    .replace(/[٠-٩۰-۹]/g, (digit) => `${digit.charCodeAt(0) & 15}`)
    .replace(/[\u064b-\u0652\u0640\u0591-\u05bd\u05bf-\u05c7]/g, "")
    .replace(/(?<!\p{L})[وفب]?ال(?=\p{L}{3})/gu, "");
}

/** Matches each character with the next one. One pass, because an array of a long text's characters takes megabytes. */
const PAIR = /.(?=(.?))/gsu;

/** Returns a text with its unspaced runs split into pairs of characters. */
export const paired = (text: string): string => text.replace(UNSPACED, (run) => ` ${run.replace(PAIR, "$&$1 ")}`);

/** Returns the pairs of a run, and at the end its last character alone. */
export function pairsOf(run: string): string[] {
  const characters = [...run];
  return characters.map((character, at) => character + (characters[at + 1] ?? ""));
}

/** Returns the index words of a text's emoji, without repetitions. */
export function emojiWords(text: string): string[] {
  const words = new Set<string>();
  for (const [emoji] of text.matchAll(EMOJI)) {
    words.add(`emoji${[...emoji].map((character) => character.codePointAt(0)?.toString(16)).join("x")}`);
    if (words.size === MOST_EMOJI) break;
  }
  return [...words];
}

/** Returns the emoji of an index word; undefined for other words. */
export function emojiOf(word: string): string | undefined {
  if (!EMOJI_WORD.test(word)) return undefined;
  return String.fromCodePoint(
    ...word
      .slice(5)
      .split("x")
      .map((code) => Number.parseInt(code, 16)),
  );
}
