/** How texts of different scripts become words: what is done to a message is done to a question. */

/** Scripts that are indexed by pairs of characters: they put no spaces between words, or write particles with the word. */
const UNSPACED_SCRIPTS =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u30fc";
export const UNSPACED = new RegExp(`[${UNSPACED_SCRIPTS}]+`, "gu");
export const UNSPACED_CHARACTER = new RegExp(`[${UNSPACED_SCRIPTS}]`, "u");
export const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Emoji and other pictures, and flags. The index drops them: they are indexed by words of their own. */
const EMOJI = /\p{RI}{2}|\p{Extended_Pictographic}/gu;
const EMOJI_WORD = /^emoji(?:[0-9a-f]+x?)+$/;
/** The different emoji of a message that are indexed. */
const MOST_EMOJI = 50;

/** A text may grow by so many characters where single characters stand for words. */
export const GROWTH_MORE = 1_000;

/**
 * Returns one way of writing for what is written in several: width, sharp s, dotless i, Arabic and Hebrew vowels, alef,
 * Arabic article. Some single characters stand for a word of up to 18 letters: of a text made of them the end is left out.
 */
export function normalize(text: string): string {
  return text
    .normalize("NFKC")
    .slice(0, text.length + GROWTH_MORE)
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ı", "i")
    .replace(/[\u064b-\u0652\u0640\u0591-\u05bd\u05bf-\u05c7]/g, "")
    .replace(/[أإآ]/g, "ا")
    .replaceAll("ى", "ي")
    .replaceAll("ة", "ه")
    .replace(/(?<!\p{L})[وفب]?ال(?=\p{L}{3})/gu, "");
}

/** Each character with the next; in one pass, because arrays of a long text's characters would be megabytes. */
const PAIR = /.(?=(.?))/gsu;

/** Returns a text with its unspaced runs in pairs of characters. */
export const paired = (text: string): string => text.replace(UNSPACED, (run) => ` ${run.replace(PAIR, "$&$1 ")}`);

/** Returns the pairs of a run, the last character alone. */
export function pairsOf(run: string): string[] {
  const characters = [...run];
  return characters.map((character, at) => character + (characters[at + 1] ?? ""));
}

/** Returns the words of a text's emoji, each once. */
export function emojiWords(text: string): string[] {
  const words = new Set<string>();
  for (const [emoji] of text.matchAll(EMOJI)) {
    words.add(`emoji${[...emoji].map((character) => character.codePointAt(0)?.toString(16)).join("x")}`);
    if (words.size === MOST_EMOJI) break;
  }
  return [...words];
}

/** Returns the emoji of an emoji's word; undefined for other words. */
export function emojiOf(word: string): string | undefined {
  if (!EMOJI_WORD.test(word)) return undefined;
  return String.fromCodePoint(
    ...word
      .slice(5)
      .split("x")
      .map((code) => Number.parseInt(code, 16)),
  );
}
