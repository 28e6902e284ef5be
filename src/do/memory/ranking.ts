/**
 * Ranks the older messages of a session by how well they fit a question.
 *
 * Each word of the question is looked up by itself, and its evidence is spread over the messages around a hit before it
 * is weighed, as if each message were read with its neighbours: BM25 then rewards a message near which many different
 * words of the question stand. (One OR query ranked by FTS5's own bm25() cannot do that, and costs more the longer the
 * session is.) A long message is worth what its best passage is worth, and costs as much: answers of an assistant would
 * otherwise crowd out the short messages that users write. Weights were measured on conversations of people with
 * assistants, and with each other; around these values little changes.
 */
import type { RecalledMessage } from "../../turn/types";
import { type Evidence, evidenceOf, limitsOf, meaningOf, nearnessOf, type Range } from "./evidence";
import { Excerpts } from "./excerpts";
import { asksState, isEnglish } from "./expansion";
import { followed } from "./follow-ups";
import type { Found } from "./fulltext";
import type { Outline } from "./message-cache";
import type { Messages } from "./messages";
import { isLong, PASSAGE } from "./passages";
import { quote } from "./quoting";
import { type Priors, priorsOf, QUIET } from "./traits";
import { wantedOf } from "./wanted";

/** How much of a message's score its length takes away, where BM25 has b; lengths are compared with PIVOT tokens. */
const BM25_B = 0.35;
const PIVOT = 40;
/** A message gains this share of the three best scores of its episode. */
const EPISODE = 0.1;
const EPISODE_BEST = 3;
/** Messages that are further apart than this, in milliseconds, are not of one episode. */
export const EPISODE_GAP = 3_600_000;
/** What the newest of all candidates gains where a state is asked for: of two answers the newer one is true. */
const NEWER = 0.03;
/** Hits of each word by which a conversation is judged. */
const SAMPLE = 16;
/** The factor for messages of the speaker whom the question names. */
const SPEAKER = 1.7;

/** Tokens of all messages that a search finds: the most that one call of an object may carry. */
export const SEARCH_TOKENS = 1_000_000;

export interface RecallLimits {
  /** Only messages with a smaller `seq`. */
  before: number;
  /** Tokens that the quoted texts may have together. */
  tokens: number;
  /** How many messages at most. */
  count: number;
  /** Whether long messages are returned whole, with the place of their excerpt. */
  whole?: boolean;
}

/** The word weights of another memory: with them, scores of two memories can be compared. */
export interface Scale {
  /** What a hit of each of the question's words is worth. */
  rarities: Record<string, number>;
  /** The question's words that name somebody who speaks. */
  speakers: string[];
}

/** What is known beyond the words of the question. */
export interface Beyond {
  /** The messages whose meaning is nearest to the question's, best first; absent where that is not known. */
  nearest?: number[] | undefined;
  /** The scale of another memory, to score as that does. */
  scale?: Scale | undefined;
  /** Messages to leave out, from one `seq` to another. */
  leftOut?: Range[] | undefined;
  /** The texts of the last exchange, its question first: a question with little content of its own is searched with them. */
  previous?: string[] | undefined;
  /** When the question is asked, in milliseconds since 1970; now by default. */
  now?: number | undefined;
  /** The IANA time zone in which the question's days are meant; UTC by default. */
  timeZone?: string | undefined;
}

/** A message that may be quoted. */
export interface Candidate extends Outline {
  score: number;
  /** What of the score its episode brought. */
  bonus: number;
}

/** Everything that a ranking was made from, and its result. */
export interface Ranking {
  /** Best first. */
  ranked: Candidate[];
  /** What candidates got of words and meaning, and of meaning alone. */
  evidence: Evidence;
  meaning: Evidence | undefined;
  /** The words that the question is searched by, and what their neighbours give. */
  words: Found[];
  nearness: number;
  excerpts: Excerpts;
  scale: Scale;
}

/** Returns the messages that fit a question best and the limits, best first. Any text may be a question; none is an error. */
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

/** Returns all candidates for a question in their order, with what decided it. */
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
  const found = messages.index.find(wanted, before, lookUps);
  const isSpeaker = ({ speaks, term }: Found) => speaks || scale?.speakers.includes(term.word) === true;
  const rarities = new Map(Object.entries(scale?.rarities ?? {}));
  const topics = found.filter((word) => !isSpeaker(word));
  const earlier = tokens > 0 ? followed(messages.index, { topics, wanted, previous, before, rarities }) : [];
  const named = found.some(isSpeaker) ? found : earlier;
  const speakers = named.filter(isSpeaker).map(({ term }) => term.word);
  const more = [...topics, ...earlier.filter((word) => !isSpeaker(word))];
  const words = more.length > 0 ? more : found;
  const meaning = nearest && meaningOf(nearest, before);
  const some = words.flatMap(({ seqs }) => seqs.slice(0, SAMPLE).flatMap((seq) => [seq, seq + 1]));
  const nearness = nearnessOf(messages.outline([...new Set(some)].slice(0, 8 * SAMPLE)));
  const evidence = evidenceOf(words, before, lookUps, { nearness, meaning, rarities, leftOut });
  const sought = words.map(({ wanted }) => wanted);
  const excerpts = new Excerpts(messages, sought, rarities);
  excerpts.weigh(evidence, meaning);
  const speaker = speakers.length === 1 ? speakers[0] : undefined;
  const by = { priors: priorsOf(question, english), speaker, newer: english && asksState(question) ? NEWER : 0 };
  const ranked = rank(messages.outline([...evidence.keys()]), evidence, by);
  return {
    ranked,
    evidence,
    meaning,
    words,
    nearness,
    excerpts,
    scale: { rarities: Object.fromEntries(rarities), speakers },
  };
}

/** Returns what a message's score is divided by. */
export const lengthOf = (tokens: number) => 1 - BM25_B + (BM25_B * (isLong(tokens) ? PASSAGE : tokens)) / PIVOT;

/** What candidates are weighed by, beside their evidence. */
interface Weights {
  priors: Priors;
  /** The one speaker whom the question names. */
  speaker: string | undefined;
  /** What the newest candidate gains, as a share; those before it gain less. */
  newer: number;
}

/** Ranks candidates by their evidence, length, traits, episode, speaker and age. @param outlines oldest first */
function rank(outlines: Outline[], evidence: Evidence, { priors, speaker, newer }: Weights): Candidate[] {
  const episodes: Candidate[][] = [];
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
  }
  return episodes
    .flatMap((episode) => {
      const top = episode.map(({ score }) => score).sort((a, b) => b - a);
      const bonus = EPISODE * top.slice(0, EPISODE_BEST).reduce((sum, score) => sum + score, 0);
      return episode.map((candidate) => {
        const named = speaker !== undefined && candidate.name.toLowerCase().split(/\s+/).includes(speaker);
        return { ...candidate, bonus, score: (candidate.score + bonus) * (named ? SPEAKER : 1) };
      });
    })
    .sort((a, b) => b.score - a.score || b.seq - a.seq);
}
