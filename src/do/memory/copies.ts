/** Detects near-duplicates of a question: an earlier copy matches it better than any answer, but contains no answer. */
import { estimateMessage } from "../../turn/tokens";
import type { Message } from "../../turn/types";
import { fingerprint } from "./folding";
import type { Found } from "./fulltext";
import type { Outline } from "./message-cache";
import type { Messages } from "./messages";
import { phraseWords } from "./terms";

/** The least share of words that a question and its copy have in common. */
const ALIKE = 0.8;
/** A copy has at most this many times the characters of the question, and so many more. */
const LONGER = 2;
const MORE = 20;
/**
 * Only so many of the oldest and of the newest copies are searched, with their neighbours: an answer may follow a copy. All
 * of them would take the room of other answers.
 */
const OLDEST = 1;
const NEWEST = 2;
/** The most tokens of messages that are compared with the question: long ones together may exceed the memory. */
const COMPARED = 100_000;
/** The most look-ups. */
const ROUNDS = 4;

const wordsOf = (text: string) => new Set(phraseWords(text).split(" "));
/** Returns whether a text ends with a question. Words or numbers after the question mark may be the answer, except `(2)`. */
function asks(text: string): boolean {
  const mark = Math.max(...["?", "？", "؟"].map((one) => text.lastIndexOf(one)));
  return mark !== -1 && !/[\p{L}\p{N}]/u.test(text.slice(mark).replace(/\(\d+\)/, ""));
}

/** Returns a function that checks whether a message is a near-duplicate of a question. */
export function copiesOf(question: string): (message: Pick<Message, "role" | "content">) => boolean {
  const asked = fingerprint(question);
  let known: Set<string> | undefined;
  return ({ role, content }) => {
    if (role !== "user" || content.length > LONGER * question.length + MORE) return false;
    if (fingerprint(content) === asked) return true;
    // "I live in Berlin." has the words of "Do I live in Berlin?", but answers it.
    if (!asks(content) || !asks(question)) return false;
    known ??= wordsOf(question);
    const words = known;
    const distinct = wordsOf(content);
    const common = [...distinct].filter((word) => words.has(word)).length;
    return common >= ALIKE * (distinct.size + words.size - common);
  };
}

/**
 * Looks up words, and removes the hits of the question's copies and of their answers, except those of the oldest and of the
 * newest copies. If the copies have used up the hits of a word, looks up older messages.
 * @param find looks up the words in the messages before a `seq`
 */
export function findWithoutCopies(
  messages: Messages,
  question: string,
  { before, most, find }: { before: number; most: number; find: (before: number) => Found[] },
  rounds = 1,
): Found[] {
  const found = find(before);
  const dropped = droppedOf(messages, question, found);
  if (dropped.size === 0) return found;
  const kept = (seqs: number[]) => seqs.filter((seq) => !dropped.has(seq));
  const isCut = rounds < ROUNDS && found.some(({ seqs }) => seqs.length >= most);
  const further = { before: Math.min(...dropped), most, find };
  const older = isCut ? findWithoutCopies(messages, question, further, rounds + 1) : [];
  return found.map(({ seqs, forms, related, ...one }, at) => ({
    ...one,
    seqs: [...new Set([...kept(seqs), ...(older[at]?.seqs ?? [])])],
    forms: kept(forms),
    related: related.map(kept),
  }));
}

/** Returns the `seq` of the copies whose hits to remove, and of their answers. */
function droppedOf(messages: Messages, question: string, found: Found[]): Set<number> {
  const words = found.filter(({ term }) => term.match === undefined).sort((a, b) => a.seqs.length - b.seqs.length);
  const least = ALIKE * words.length;
  // A copy has at least one of the rarest words: most questions have no such messages.
  const begin = words.slice(0, Math.floor(words.length - least) + 1);
  const counts = new Map(begin.flatMap(({ seqs }) => seqs.map((seq) => [seq, 0])));
  if (counts.size <= OLDEST + NEWEST) return new Set();
  for (const { seqs } of words) {
    for (const seq of seqs) {
      const count = counts.get(seq);
      if (count !== undefined) counts.set(seq, count + 1);
    }
  }
  const alike = [...counts].flatMap(([seq, count]) => (count >= least ? [seq] : []));
  if (alike.length <= OLDEST + NEWEST) return new Set();
  const asked = estimateMessage({ content: question });
  const isLike = ({ role, tokens }: Outline) => role === "user" && tokens < 2 * asked && asked < 2 * tokens;
  const short = messages.outline(alike).filter(isLike);
  const compared = messages.pick(short.slice(-Math.ceil(COMPARED / asked)).map(({ seq }) => seq));
  const copies = compared.filter(copiesOf(question)).map(({ seq }) => seq);
  return new Set(
    copies
      .sort((a, b) => a - b)
      .slice(OLDEST, -NEWEST)
      .flatMap((seq) => [seq, seq + 1]),
  );
}
