/**
 * Follow-ups: a question with little content of its own ("And when was that?") is searched with the words of the last
 * exchange, too.
 */
import { sum } from "../../turn/sum";
import type { Message } from "../../turn/types";
import { countOf, limitsOf, rarityOf } from "./evidence";
import { isEnglish } from "./expansion";
import type { Found, FullText, Wanted } from "./fulltext";
import type { Messages } from "./messages";
import { UNSPACED_CHARACTER } from "./scripts";
import { searchedText } from "./searched-text";
import { termsOf } from "./terms";
import { alone } from "./wanted";

/**
 * The largest weight of a word of the last exchange; a word of the question has 1. The more content the question has,
 * the smaller the weight. It is 0 if the question's words weigh as much as ENOUGH words that occur in one message only.
 */
const FOLLOWING = 0.5;
const ENOUGH = 1.25;
/** The least weight of a word of the question, however common it is. */
const COMMON = 0.35;
/** The weight of a speaker's name: a question with a name and two words of its own is complete. */
const NAME = 0.6;
/**
 * A question is embedded together with the previous one if the words of the last exchange have more than this weight: the
 * vector of both is mostly about the previous one. A name and a word, or three words, are enough to be embedded alone.
 */
const TOGETHER = 0.125;
/** The most words of the last exchange that are looked up. */
const WORDS = 16;
/** The most messages before the question to search for the last exchange. */
const MOST_EARLIER = 1_000;
/** The most messages of the last exchange that are read, and the most characters of each. */
const MOST_MESSAGES = 8;
const MOST_CHARACTERS = 2_000;

/** Returns the texts of the last exchange before a `seq`, its question first, without function calls and results. */
export function lastExchange(messages: Messages, before = Number.MAX_SAFE_INTEGER): string[] {
  const end = Math.min(before, messages.end().last + 1);
  const newest: Message[] = [];
  // Most exchanges are short, and their messages are in the cache.
  for (const message of messages.backwards(end - 1)) {
    newest.unshift(message);
    if (message.role === "user") return textsOf(newest);
    if (newest.length === MOST_MESSAGES) break;
  }
  const question = messages.lastQuestion(end - MOST_EARLIER, end);
  return question === undefined ? [] : textsOf(messages.between(question - 1, end - 1, MOST_MESSAGES));
}

function textsOf(messages: Iterable<Message>): string[] {
  const texts: string[] = [];
  for (const { role, content } of messages) {
    if (role === "user" || role === "assistant") texts.push(content.slice(0, MOST_CHARACTERS));
  }
  return texts.filter((text) => text !== "");
}

/** A question, with its hits and the last exchange. */
interface Asked {
  /** The hits of the question's words, without names of speakers. */
  topics: Found[];
  /** Whether the question names a speaker. */
  named: boolean;
  wanted: Wanted[];
  /** The texts of the last exchange. */
  previous: string[];
  /** Only messages with a smaller `seq` are searched. */
  before: number;
}

/** Returns the weight of a word of the last exchange, from 0 to FOLLOWING. */
function followingWeight({ topics, named, wanted, before }: Omit<Asked, "previous">): number {
  const total = Math.max(before - 1, 1);
  const { word: most } = limitsOf(wanted.length, before);
  const own = sum(topics, ({ seqs }) => rarityOf(countOf(seqs, most, total), total));
  // Words may be common only because the question was asked before, so each weighs at least COMMON.
  const words = topics.filter(({ term }) => !UNSPACED_CHARACTER.test(term.word)).length;
  const content = Math.max(own / Math.log(1 + total), COMMON * words) + (named ? NAME : 0);
  return Math.max(0, FOLLOWING * (1 - content / ENOUGH));
}

/** Returns the text to embed for a question. For a question with little content it begins with the previous question. */
export function embeddedQuestion(messages: Messages, asked: string, before = messages.end().last + 1): string {
  const question = searchedText(asked);
  const [previous] = lastExchange(messages, before);
  if (previous === undefined) return question;
  const wanted = termsOf(question, isEnglish(question)).map(alone);
  const found = messages.index.find(wanted, before, limitsOf(wanted.length, before));
  const topics = found.filter(({ speaks }) => !speaks);
  return followingWeight({ topics, named: topics.length < found.length, wanted, before }) > TOGETHER
    ? `${previous}\n${question}`
    : question;
}

/** Returns the hits of the last exchange's words if the question needs them. Adds the words' weights to `rarities`. */
export function followed(index: FullText, { rarities, ...asked }: Asked & { rarities: Map<string, number> }): Found[] {
  const { previous, wanted, before } = asked;
  if (previous.length === 0) return [];
  const weight = followingWeight(asked);
  if (weight === 0) return [];
  const said = new Set(wanted.map(({ term }) => term.word));
  const words = new Map(previous.flatMap((text) => termsOf(text, isEnglish(text))).map((term) => [term.word, term]));
  const terms = [...words.values()].filter(({ word }) => !said.has(word)).slice(0, WORDS);
  const total = Math.max(before - 1, 1);
  // These words have their own limits, so they take no hits from the question's words.
  const lookUps = limitsOf(WORDS, before);
  const found = index.find(terms.map(alone), before, lookUps).filter(({ seqs }) => seqs.length > 0);
  for (const { term, seqs } of found) {
    const rarity = rarityOf(countOf(seqs, lookUps.word, total), total);
    if (!rarities.has(term.word)) rarities.set(term.word, weight * rarity);
  }
  return found;
}
