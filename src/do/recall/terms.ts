/** Text <-> the words that the full-text index knows it by. What is done to a message is done to a question. */
import { dayWords } from "./days";

/** Scripts that put no spaces between words: their runs are indexed by pairs of characters. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc]+/gu;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Words from this length on are indexed by their parts too, so that a German compound is found by either end. */
const COMPOUND = 12;
/** The shortest part, and the longest word that is one: compounds of people are hardly longer. */
const PART = 5;
const LONGEST = 40;
/** The parts of so many characters are indexed for a message, whatever its words. */
const PARTS = 2_000;

/** What is indexed of a message is at most so many times as long as the message, and so many characters more. */
const GROWTH = 3;
const GROWTH_MORE = 1_000;

/** How many words of a question are looked up: the longest ones, which are the rarest. */
const MAX_TERMS = 48;

const STOP_WORDS = new Set(
  `a about after all also am an and any are as at be been before but by can could did do does doing for from get got had
  has have having he her hers him his how i if in into is it its just like many me more most much my no nor not of off on
  one or our out over she so some such than that the their them then there these they this those to too up us very was we
  were what when where which while who whom whose why will with would you your yours`.split(/\s+/),
);

/**
 * One way of writing for what is written in several: width, sharp s, Arabic vowels, alef, article. Some single characters
 * stand for a word of up to 18 letters: of a text that is made of them the end is left out.
 */
function normalize(text: string): string {
  return text
    .normalize("NFKC")
    .slice(0, text.length + GROWTH_MORE)
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replace(/[\u064b-\u0652\u0640]/g, "")
    .replace(/[أإآ]/g, "ا")
    .replaceAll("ى", "ي")
    .replaceAll("ة", "ه")
    .replace(/(?<!\p{L})[وفب]?ال(?=\p{L}{3})/gu, "");
}

/** Each character with the next; in one pass, because arrays of a long text's characters would be megabytes. */
const PAIR = /.(?=(.?))/gsu;

const pairs = (run: string): string[] => {
  const characters = [...run];
  return characters.map((character, at) => character + (characters[at + 1] ?? ""));
};

/** Both sides of every cut through a long word of letters. */
function partsOf(word: string): string[] {
  if (word.length < COMPOUND || word.length > LONGEST || /\p{N}/u.test(word)) return [];
  const cuts = Array.from({ length: word.length - 2 * PART + 1 }, (_, at) => at + PART);
  return cuts.flatMap((cut) => [word.slice(0, cut), word.slice(cut)]);
}

/** The parts of a message's long words, the first ones where there are many. */
function partsIn(text: string): string {
  let parts = "";
  for (const [word] of text.matchAll(WORD)) {
    if (word.length < COMPOUND) continue;
    parts += ` ${partsOf(word).join(" ")}`;
    if (parts.length > PARTS) break;
  }
  return parts;
}

/** The text that is indexed for a message: its words, the parts of long ones, and the days of which it speaks. */
export function indexText(content: string, createdAt: number): string {
  const text = normalize(content);
  const days = dayWords(content, createdAt);
  const rest = `${text.replace(UNSPACED, (run) => ` ${run.replace(PAIR, "$&$1 ")}`)}${partsIn(text)}`;
  return `${days} ${rest.slice(0, GROWTH * content.length + GROWTH_MORE - days.length)}`;
}

/** A word to look up; `prefix`: all words that begin with it; `match`: an FTS5 expression to look up in its place. */
export interface Term {
  word: string;
  prefix: boolean;
  match?: string;
}

/** The words of a question that are worth looking up: no stop words, nothing twice, the longest where there are many. */
export function termsOf(question: string): Term[] {
  const text = normalize(question);
  const unspaced = (text.match(UNSPACED) ?? []).flatMap((run): Term[] => {
    if ([...run].length === 1) return [{ word: run, prefix: true }];
    return pairs(run)
      .slice(0, -1)
      .map((word) => ({ word, prefix: false }));
  });
  const spaced = (text.replace(UNSPACED, " ").match(WORD) ?? [])
    .filter((word) => !STOP_WORDS.has(word) && word.length <= 2 * LONGEST && (word.length > 1 || !/[a-z]/.test(word)))
    .map((word): Term => ({ word, prefix: false }));
  const distinct = new Map([...spaced, ...unspaced].map((term) => [term.word, term]));
  return [...distinct.values()].sort((a, b) => b.word.length - a.word.length).slice(0, MAX_TERMS);
}
