/** Follow-ups: a question with little content of its own ("And when was that?") is searched with the last exchange's words. */
import type { Message } from "../../turn/types";
import { countOf, limitsOf, rarityOf } from "./evidence";
import { isEnglish } from "./expansion";
import type { Found, FullText, Wanted } from "./fulltext";
import type { Messages } from "./messages";
import { UNSPACED_CHARACTER } from "./scripts";
import { termsOf } from "./terms";
import { alone } from "./wanted";

/**
 * The most that a word of the last exchange counts, beside one of the question. It counts less the more content the
 * question has, and nothing where the question's words are worth ENOUGH words that stand in a single message.
 */
const FOLLOWING = 0.5;
const ENOUGH = 1.25;
/** What a word of the question is worth at least, however common. */
const COMMON = 0.35;
/** How many words of the last exchange are looked up. */
const WORDS = 16;
/** Messages and characters of the last exchange that are read. */
const MOST_MESSAGES = 8;
const MOST_CHARACTERS = 2_000;

/** Returns the texts of the last exchange before a `seq`, its question first, without calls and results of functions. */
export function lastExchange(messages: Messages, before = Number.MAX_SAFE_INTEGER): string[] {
  const question = messages.lastQuestion(before);
  return question === undefined ? [] : textsOf(messages.between(question - 1, before - 1, MOST_MESSAGES));
}

function textsOf(messages: Iterable<Message>): string[] {
  const texts: string[] = [];
  for (const { role, content } of messages) {
    if (role === "user" || role === "assistant") texts.push(content.slice(0, MOST_CHARACTERS));
  }
  return texts.filter((text) => text !== "");
}

/** What is known of the question itself. */
interface Asked {
  /** The hits of its words, without names of speakers. */
  topics: Found[];
  wanted: Wanted[];
  /** The texts of the last exchange. */
  previous: string[];
  /** Only messages with a smaller `seq`. */
  before: number;
}

/** Returns what a word of the last exchange counts: from 0 to FOLLOWING. */
function followingWeight({ topics, wanted, before }: Omit<Asked, "previous">): number {
  const total = Math.max(before - 1, 1);
  const { word: most } = limitsOf(wanted.length, before);
  const own = topics.reduce((sum, { seqs }) => sum + rarityOf(countOf(seqs, most, total), total), 0);
  // Words may be common because the question was asked before.
  const words = topics.filter(({ term }) => !UNSPACED_CHARACTER.test(term.word)).length;
  return Math.max(0, FOLLOWING * (1 - Math.max(own / Math.log(1 + total), COMMON * words) / ENOUGH));
}

/** Returns the text to embed for a question: a follow-up stands behind the question before it. */
export function embeddedQuestion(messages: Messages, question: string): string {
  const before = messages.end().last + 1;
  const [previous] = lastExchange(messages, before);
  if (previous === undefined) return question;
  const wanted = termsOf(question, isEnglish(question)).map(alone);
  const topics = messages.index.find(wanted, before, limitsOf(wanted.length, before)).filter(({ speaks }) => !speaks);
  return followingWeight({ topics, wanted, before }) > 0 ? `${previous}\n${question}` : question;
}

/** Returns the hits of the last exchange's words, where the question needs them. Adds what they are worth to `rarities`. */
export function followed(index: FullText, { rarities, ...asked }: Asked & { rarities: Map<string, number> }): Found[] {
  const { previous, wanted, before } = asked;
  if (previous.length === 0) return [];
  const weight = followingWeight(asked);
  if (weight === 0) return [];
  const said = new Set(wanted.map(({ term }) => term.word));
  const words = new Map(previous.flatMap((text) => termsOf(text, isEnglish(text))).map((term) => [term.word, term]));
  const terms = [...words.values()].filter(({ word }) => !said.has(word)).slice(0, WORDS);
  const total = Math.max(before - 1, 1);
  // Limits of their own: they take no hits from the question's words.
  const lookUps = limitsOf(WORDS, before);
  const found = index.find(terms.map(alone), before, lookUps).filter(({ seqs }) => seqs.length > 0);
  for (const { term, seqs } of found) {
    const rarity = rarityOf(countOf(seqs, lookUps.word, total), total);
    if (!rarities.has(term.word)) rarities.set(term.word, weight * rarity);
  }
  return found;
}
