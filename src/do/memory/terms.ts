/** Text <-> the words that the full-text index knows it by. */
import { dayWords } from "./days";
import { emojiWords, GROWTH_MORE, normalize, paired, pairsOf, UNSPACED, UNSPACED_CHARACTER, WORD } from "./scripts";
import { contentOf, OTHER_STOP_WORDS, STOP_WORDS } from "./stop-words";

/** Words from this length on are indexed by their parts too, so that a German compound is found by either end. */
const COMPOUND = 12;
/** The shortest part, and the longest word that is one: compounds of people are hardly longer. */
const PART = 5;
const LONGEST = 40;
/** The parts of so many characters are indexed for a message, whatever its words. */
const PARTS = 2_000;

/** The indexed text of a message is at most so many times as long as the message, and so many characters more. */
const GROWTH = 3;

/** How many words of a question are looked up: the longest ones, which are the rarest. */
const MAX_TERMS = 48;

/** Returns both sides of every cut through a long word of letters. */
function partsOf(word: string): string[] {
  if (word.length < COMPOUND || word.length > LONGEST || /\p{N}/u.test(word) || UNSPACED_CHARACTER.test(word))
    return [];
  const cuts = Array.from({ length: word.length - 2 * PART + 1 }, (_, at) => at + PART);
  return cuts.flatMap((cut) => [word.slice(0, cut), word.slice(cut)]);
}

/** Returns the parts of a message's long words, the first ones where there are many. */
function partsIn(text: string): string {
  let parts = "";
  for (const [word] of text.matchAll(WORD)) {
    if (word.length < COMPOUND) continue;
    parts += ` ${partsOf(word).join(" ")}`;
    if (parts.length > PARTS) break;
  }
  return parts;
}

/** Returns the words of a text in their order, as the index has them: for a phrase between double quotes. */
export const phraseWords = (text: string): string => (paired(normalize(text)).match(WORD) ?? []).join(" ");

/** Returns the text that is indexed for a message: its days, its emoji, its words and the parts of long ones. */
export function indexText(content: string, createdAt: number): string {
  const text = normalize(content);
  const first = [dayWords(content, createdAt), ...emojiWords(text)].join(" ").slice(0, GROWTH_MORE);
  const rest = `${paired(text)}${partsIn(text)}`;
  return `${first} ${rest.slice(0, GROWTH * content.length + GROWTH_MORE - first.length)}`;
}

/** A word to look up; `prefix`: all words that begin with it; `match`: an FTS5 expression to look up in its place. */
export interface Term {
  word: string;
  prefix: boolean;
  match?: string;
}

/**
 * Returns the words of a question that are worth looking up: no stop words, nothing twice, the longest where there are many.
 * @param english whether the question is known to be in English; stop words of other languages may mean something there
 */
export function termsOf(question: string, english = true): Term[] {
  const text = normalize(question);
  const unspaced = (contentOf(text).match(UNSPACED) ?? []).flatMap((run): Term[] => {
    if ([...run].length === 1) return [{ word: run, prefix: true }];
    return pairsOf(run)
      .slice(0, -1)
      .map((word) => ({ word, prefix: false }));
  });
  const spaced = (text.replace(UNSPACED, " ").match(WORD) ?? [])
    .filter((word) => !STOP_WORDS.has(word) && (english || !OTHER_STOP_WORDS.has(word)))
    .filter((word) => word.length <= 2 * LONGEST && (word.length > 1 || !/[a-z]/.test(word)))
    .map((word): Term => ({ word, prefix: false }));
  const emoji = emojiWords(text).map((word): Term => ({ word, prefix: false }));
  const distinct = new Map([...spaced, ...unspaced, ...emoji].map((term) => [term.word, term]));
  return [...distinct.values()].sort((a, b) => b.word.length - a.word.length).slice(0, MAX_TERMS);
}
