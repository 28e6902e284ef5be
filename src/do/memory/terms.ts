/** Converts messages and questions to words of the full-text index. */
import { dayWords } from "./days";
import { fold } from "./folding";
import { emojiWords, GROWTH_MORE, normalize, paired, pairsOf, UNSPACED, UNSPACED_CHARACTER, WORD } from "./scripts";
import { contentOf, OTHER_STOP_WORDS, STOP_WORDS } from "./stop-words";
import { textParts } from "./text-parts";

/** The parts of words of at least this length are indexed too: either end finds a German compound. */
const COMPOUND = 12;
/** The shortest part, and the longest word that has parts: compounds are hardly longer. */
const PART = 5;
const LONGEST = 40;
/** The most characters of parts in the indexed text of a message, approximately. */
const PARTS = 2_000;

/** The most words of a long message after its beginning: more than the different words of a book. */
const MOST_FURTHER = 50_000;

/** The indexed text of a message is at most this multiple of its length, plus GROWTH_MORE. */
const GROWTH = 3;

/** Single letters that are not looked up: articles, and letters beside an apostrophe ("I'd", "l'ami"). C and R may be names. */
const LETTERS = /^[aeijdlmnosty]$/;

const HANGUL = /\p{Script=Hangul}/u;

/** The most words of a question to look up: the longest ones, because long words are rare. */
const MAX_TERMS = 48;

/** Returns both sides of every cut through a long word of letters. */
function partsOf(word: string): string[] {
  if (word.length < COMPOUND || word.length > LONGEST || /\p{N}/u.test(word) || UNSPACED_CHARACTER.test(word))
    return [];
  const cuts = Array.from({ length: word.length - 2 * PART + 1 }, (_, at) => at + PART);
  return cuts.flatMap((cut) => [word.slice(0, cut), word.slice(cut)]);
}

/** Returns the parts of a message's long words, only the first parts if there are many. */
function partsIn(text: string): string {
  let parts = "";
  for (const [word] of text.matchAll(WORD)) {
    if (word.length < COMPOUND) continue;
    parts += ` ${partsOf(word).join(" ")}`;
    if (parts.length > PARTS) break;
  }
  return parts;
}

/** Returns the words of a text in their order, as in the index: for a phrase in double quotes. */
export const phraseWords = (text: string): string => (paired(normalize(text)).match(WORD) ?? []).join(" ");

/** Returns the words of a text, each between spaces, without case and accents. */
export const spacedWords = (text: string): string => ` ${fold(phraseWords(text))} `;

/**
 * Returns the text to index for a message: its days, its emoji, its words and the parts of long words. Of a long message,
 * each further word is indexed once.
 */
export function indexText(content: string, createdAt: number): string {
  const [begin = "", ...further] = textParts(content);
  const text = normalize(begin);
  const first = [dayWords(content, createdAt), ...emojiWords(text)].join(" ").slice(0, GROWTH_MORE);
  const rest = `${paired(text)}${partsIn(text)}`.slice(0, GROWTH * begin.length + GROWTH_MORE - first.length);
  return [first, rest, ...wordsOf(further)].join(" ");
}

/** Returns the different words of some texts. Splits runs without spaces directly: {@link paired} takes twice the time. */
function wordsOf(texts: string[]): Set<string> {
  const words = new Set<string>();
  const add = (found: string[]) => {
    for (const word of found) if (words.size < MOST_FURTHER) words.add(word);
  };
  const addPairs = (run: string) => {
    add(pairsOf(run));
    return " ";
  };
  for (const part of texts) {
    const text = normalize(part);
    add(emojiWords(text));
    add(text.replace(UNSPACED, addPairs).match(WORD) ?? []);
  }
  return words;
}

/**
 * A word to look up. `prefix`: also all words that begin with it. `match`: an FTS5 expression to look up instead, and `date`:
 * the words to find in a long message.
 */
export interface Term {
  word: string;
  prefix?: boolean;
  match?: string;
  date?: string[];
}

/**
 * Returns the words of a question to look up: no stop words, no repetitions, and at most the longest {@link MAX_TERMS}.
 * @param english whether the question is in English: it keeps stop words of other languages, which may have a meaning
 */
export function termsOf(question: string, english = true): Term[] {
  const text = normalize(question);
  const unspaced = (contentOf(text).match(UNSPACED) ?? []).flatMap((run): Term[] => {
    if ([...run].length === 1) return [{ word: run, prefix: true }];
    // Version 2.0.0 indexed Hangul by words. Until its rows are indexed again, a pair finds the words that begin with it.
    return pairsOf(run)
      .slice(0, -1)
      .map((word) => ({ word, prefix: HANGUL.test(word) }));
  });
  const spaced = (text.replace(UNSPACED, " ").match(WORD) ?? [])
    .filter((word) => !STOP_WORDS.has(word) && (english || !OTHER_STOP_WORDS.has(word)))
    .filter((word) => word.length <= 2 * LONGEST && !LETTERS.test(word));
  const whole = [...spaced, ...emojiWords(text)].map((word): Term => ({ word }));
  const distinct = new Map([...whole, ...unspaced].map((term) => [term.word, term]));
  return [...distinct.values()].sort((a, b) => b.word.length - a.word.length).slice(0, MAX_TERMS);
}
