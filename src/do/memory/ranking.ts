/**
 * Ranks the older messages of a session by how well they fit a question.
 *
 * Each word of the question is looked up by itself. Its evidence is spread over the messages around a hit before BM25
 * weighs it, as if each message were read with its neighbours. A message therefore scores high if many different words
 * of the question are near it. (One OR query ranked by FTS5's own bm25() cannot do that, and costs more the longer the
 * session is.) A long message has the score and the length of its best passage. Otherwise long answers of an assistant
 * would crowd out the short messages of users. The weights were measured on conversations of people with assistants and
 * with each other; small changes of the weights change little.
 */
import type { RecalledMessage } from "../../turn/types";
import { findWithoutCopies } from "./copies";
import { type Evidence, evidenceOf, limitsOf, nearnessOf, type Range } from "./evidence";
import { Excerpts } from "./excerpts";
import { asksState, isEnglish } from "./expansion";
import { followed } from "./follow-ups";
import type { Found } from "./fulltext";
import { meaningOf, type Near } from "./meaning-evidence";
import type { Outline } from "./message-cache";
import type { Messages } from "./messages";
import { isLong, PASSAGE } from "./passages";
import { quote } from "./quoting";
import { spacedWords } from "./terms";
import { type Priors, priorsOf, QUIET } from "./traits";
import { wantedOf } from "./wanted";

/** The effect of a message's length on its score, as b in BM25. A message of PIVOT tokens is neutral. */
const BM25_B = 0.35;
const PIVOT = 40;
/** A message gains this share of the three best scores of its episode. */
const EPISODE = 0.1;
const EPISODE_BEST = 3;
/** A longer pause between two messages, in milliseconds, begins a new episode. */
export const EPISODE_GAP = 3_600_000;
/** The bonus of the newest candidate if the question asks for a state: the newer of two answers is true. */
const NEWER = 0.03;
/** The same if the question asks for the newest of several things. */
const NEWEST = 0.5;
const ASKS_NEWEST =
  /\b(?:most recent(?:ly)?|latest|newest|neuest\p{L}*|jüngst\p{L}*|más reciente)\b|\b(?:my|our) last (?!name\b)|\bmein\p{L}* letzt|\bmi últim/iu;
/** The hits of each word that are sampled to measure how much neighbours count. */
const SAMPLE = 16;
/** The factor for messages of the speaker that the question names. */
const SPEAKER = 1.7;

/** The most tokens of all messages that a search returns: the limit of one call of an object. */
export const SEARCH_TOKENS = 1_000_000;

export interface RecallLimits {
  /** Only messages with a smaller `seq`. */
  before: number;
  /** The most tokens of all quoted texts together. */
  tokens: number;
  /** The most messages; all that fit by default. */
  count?: number;
  /** Whether long messages are returned whole, with the position of their excerpt. */
  whole?: boolean;
}

/** The word weights of another memory. They make the scores of two memories comparable. */
export interface Scale {
  /** The weight of a hit of each word of the question. */
  rarities: Record<string, number>;
  /** The words of the question that are names of speakers. */
  speakers: string[];
  /** The messages nearest in meaning, best first; absent without vectors. */
  nearest?: Near[] | undefined;
  /** The number of messages that were compared with the question. */
  compared?: number | undefined;
}

/** Further inputs of a ranking, besides the words of the question. */
export interface Beyond {
  /** The messages nearest in meaning to the question, best first; absent without vectors. */
  nearest?: Near[] | undefined;
  /** The scale of another memory, to compute comparable scores. */
  scale?: Scale | undefined;
  /** Messages to leave out, from one `seq` to another. */
  leftOut?: Range[] | undefined;
  /** The texts of the last exchange, its question first. They supplement a question with few words of its own. */
  previous?: string[] | undefined;
  /** When the question is asked, in milliseconds since 1970; now by default. */
  now?: number | undefined;
  /** The IANA time zone of the days in the question; UTC by default. */
  timeZone?: string | undefined;
}

/** A message that may be quoted. */
export interface Candidate extends Outline {
  score: number;
  /** The part of the score that comes from the message's episode. */
  bonus: number;
}

/** The result of a ranking, and everything that it was computed from. */
export interface Ranking {
  /** Best first. */
  ranked: Candidate[];
  /** The evidence for each candidate: of words and meaning together, and of meaning alone. */
  evidence: Evidence;
  meaning: Evidence | undefined;
  /** The words that were searched, and the weight of their neighbours. */
  words: Found[];
  nearness: number;
  excerpts: Excerpts;
  scale: Scale;
}

/** Returns the messages that match a question best, within the limits, best first. Accepts any text as a question. */
export function recall(
  messages: Messages,
  question: string,
  limits: RecallLimits,
  beyond: Beyond = {},
): { recalled: RecalledMessage[]; scale: Scale } {
  const { ranked, evidence, meaning, excerpts, scale } = rankingOf(messages, question, limits, beyond);
  const recalled = quote(messages, ranked, excerpts, { ...limits, question }).map((message) => {
    const score = rounded(message.score);
    if (!meaning) return { ...message, score };
    const share = (meaning.get(message.seq) ?? 0) / (evidence.get(message.seq) || 1);
    return { ...message, score, words: rounded(score * (1 - share)), meaning: rounded(score * share) };
  });
  return { recalled, scale };
}

const rounded = (score: number) => Math.round(score * 1_000) / 1_000;

/** Returns all candidates for a question, best first, with the reasons for their order. */
export function rankingOf(
  messages: Messages,
  question: string,
  { before, tokens }: Pick<RecallLimits, "before" | "tokens">,
  beyond: Beyond = {},
): Ranking {
  const { nearest, scale, leftOut, previous = [], now = Date.now(), timeZone } = beyond;
  const english = isEnglish(question);
  const wanted = tokens > 0 ? wantedOf(question, english, { now, timeZone }) : [];
  const lookUps = limitsOf(wanted.length, before);
  const find = (end: number) => messages.index.find(wanted, end, lookUps);
  const found = findWithoutCopies(messages, question, { before, most: lookUps.word, find });
  const isSpeaker = ({ speaks, term }: Found) => speaks || scale?.speakers.includes(term.word) === true;
  const rarities = new Map(Object.entries(scale?.rarities ?? {}));
  const topics = found.filter((word) => !isSpeaker(word));
  const named = topics.length < found.length;
  const earlier = tokens > 0 ? followed(messages.index, { topics, named, wanted, previous, before, rarities }) : [];
  const speakers = (named ? found : earlier).filter(isSpeaker).map(({ term }) => term.word);
  const more = [...topics, ...earlier.filter((word) => !isSpeaker(word))];
  const words = more.length > 0 ? more : found;
  const compared = Math.max(before - 1, (scale?.nearest && scale.compared) ?? 0);
  const meaning = nearest && meaningOf(nearest, before, compared);
  const some = words.flatMap(({ seqs }) => seqs.slice(0, SAMPLE).flatMap((seq) => [seq, seq + 1]));
  const nearness = nearnessOf(messages.outline([...new Set(some)].slice(0, 8 * SAMPLE)));
  const evidence = evidenceOf(words, before, lookUps, { nearness, meaning, rarities, leftOut });
  const sought = words.filter(isFound).map(({ wanted }) => wanted);
  const excerpts = new Excerpts(messages, sought, rarities);
  const outlines = messages.outline([...evidence.keys()]);
  excerpts.weigh(outlines, evidence, meaning);
  const by = { priors: priorsOf(question, english), speakers, newer: newerOf(question, english) };
  const ranked = rank(outlines, evidence, by);
  return {
    ranked,
    evidence,
    meaning,
    words,
    nearness,
    excerpts,
    scale: { rarities: Object.fromEntries(rarities), speakers, compared: before - 1 },
  };
}

const isFound = ({ seqs, forms, related }: Found) =>
  seqs.length > 0 || forms.length > 0 || related.some((rare) => rare.length > 0);

/** Returns the divisor of a message's score. */
export const lengthOf = (tokens: number) => 1 - BM25_B + (BM25_B * (isLong(tokens) ? PASSAGE : tokens)) / PIVOT;

function newerOf(question: string, english: boolean): number {
  if (ASKS_NEWEST.test(question)) return NEWEST;
  return english && asksState(question) ? NEWER : 0;
}

/** The weights of candidates besides their evidence. */
interface Weights {
  priors: Priors;
  /** The words of the question that are names of speakers. All of them name one speaker, or several who are not preferred. */
  speakers: string[];
  /** The bonus of the newest candidate, as a share of its score; older candidates get less. */
  newer: number;
}

/** Ranks candidates by their evidence, length, traits, episode, speaker and age. @param outlines oldest first */
function rank(outlines: Outline[], evidence: Evidence, { priors, speakers, newer }: Weights): Candidate[] {
  const episodes: Candidate[][] = [];
  const words = speakers.map(spacedWords);
  const isNamed = new Map<string, boolean>();
  const newest = outlines.at(-1)?.seq ?? 1;
  let last = Number.NEGATIVE_INFINITY;
  for (const outline of outlines) {
    const { seq, tokens, createdAt, traits } = outline;
    if (traits & QUIET) continue;
    const age = 1 + (newer * seq) / newest;
    if (createdAt - last > EPISODE_GAP) episodes.push([]);
    last = createdAt;
    let score = ((evidence.get(seq) ?? 0) / lengthOf(tokens)) * age;
    for (const [trait, factor] of priors) if (traits & trait) score *= factor;
    episodes.at(-1)?.push({ ...outline, score, bonus: 0 });
    if (words.length === 0 || isNamed.has(outline.name)) continue;
    const name = spacedWords(outline.name);
    isNamed.set(
      outline.name,
      words.every((word) => name.includes(word)),
    );
  }
  for (const episode of episodes) {
    const top = Float64Array.from(episode, ({ score }) => score).sort();
    const bonus = EPISODE * top.slice(-EPISODE_BEST).reduce((sum, score) => sum + score, 0);
    for (const candidate of episode) {
      candidate.bonus = bonus;
      candidate.score = (candidate.score + bonus) * (isNamed.get(candidate.name) ? SPEAKER : 1);
    }
  }
  return episodes.flat().sort((a, b) => b.score - a.score || b.seq - a.seq);
}
