/**
 * Other forms of words that are not English. The full-text index removes only English endings, so these forms are
 * looked up by their common beginning. A form that ends with a star matches all words with that beginning.
 */
import type { Expansion } from "./expansion";
import { fold } from "./folding";

const LETTERS = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]{3,}$/u;
/** Words up to this length are not shortened, because a shorter beginning matches too many unrelated words. */
const SHORT = 4;
/** The share of a word that its distant forms begin with: `köpeğimin` and `köpek`, `lempiruokani` and `lempiruoka`. */
const STEM = 0.6;

const HEBREW = /^\p{Script=Hebrew}{2,}$/u;
const HEBREW_PREFIXES = [..."הובלמשכ"];
const HEBREW_ENDING = /(?<=..)(?:ים|ות|תי|נו|יך|ה|ת|י|ך|ו)$/u;

const ARABIC = /^\p{Script=Arabic}{2,}$/u;
/** The prefixes for "and", "so", "in", "for" and "like", and the first letters of verbs in the present tense. */
const ARABIC_PREFIXES = [..."وفبلكايتن"];
const ARABIC_ENDING = /(?<=..)(?:تي|تك|ته|تها|ها|نا|هم|كم|ات|ون|ين|ي|ك|ه|ا)$/u;

const beginning = (word: string) => `${word}*`;

/** Returns a word, and its spellings with and without German umlauts: koeln, köln. */
const spellingsOf = (word: string): Set<string> =>
  new Set([
    word,
    word.replace(/[aou]e/g, (two) => two.charAt(0)),
    word.replace(/[äöü]/g, (umlaut) => `${fold(umlaut)}e`),
  ]);

/** Returns other forms of a word in lower case: close ones as forms, distant ones as related words. */
export function inflectionsOf(word: string): Expansion {
  if (LETTERS.test(word)) {
    const forms = Array.from(spellingsOf(word), (spelling) =>
      beginning(spelling.length > SHORT ? spelling.slice(0, -1) : spelling),
    );
    const stem = Math.max(SHORT, Math.floor(word.length * STEM));
    return { forms, related: stem < word.length - 1 ? [beginning(word.slice(0, stem))] : [] };
  }
  if (HEBREW.test(word)) return prefixed(word, HEBREW_PREFIXES, HEBREW_ENDING);
  if (ARABIC.test(word)) return prefixed(word, ARABIC_PREFIXES, ARABIC_ENDING);
  return { forms: [], related: [] };
}

/** Returns the forms of a word in a language that attaches articles, prepositions and conjunctions to words. */
function prefixed(word: string, prefixes: string[], ending: RegExp): Expansion {
  const bare = word.length > SHORT - 1 && prefixes.includes(word.charAt(0)) ? [word.slice(1)] : [];
  const stems = [...new Set([word, ...bare].map((one) => one.replace(ending, "")))];
  const isWord = (stem: string) => stem.length > 1;
  return {
    forms: [...stems, ...prefixes.map((prefix) => prefix + word.replace(ending, ""))].filter(isWord).map(beginning),
    related: [],
  };
}
