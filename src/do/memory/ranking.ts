/**
 * Recall: which older messages matter to a question.
 *
 * Each word of the question is looked up by itself, and its evidence is spread over the messages around a hit before it
 * is weighed, as if each message were read with its neighbours: BM25 then rewards a message near which many different
 * words of the question stand. (One OR query ranked by FTS5's own bm25() cannot do that, and costs more the longer the
 * session is.) Weights were measured on long conversations between two people; around these values little changes.
 */

import { MESSAGE_OVERHEAD, QUOTATION_OVERHEAD } from "../../turn/tokens";
import type { RecalledMessage } from "../../turn/types";
import { type Evidence, evidenceOf, limitsOf, meaningOf, type Range } from "./evidence";
import { expansionOf, isEnglish } from "./expansion";
import type { Found, Wanted } from "./fulltext";
import type { Messages } from "./messages";
import { type Term, termsOf } from "./terms";
import { type Priors, priorsOf, QUIET } from "./traits";

/** How much of a message's score its length takes away, where BM25 has b: long messages hit by chance. */
const BM25_B = 0.2;
/** How many related words of a question are looked up, so that one about everything costs little more than others. */
const RELATED_WORDS = 96;
/** A message gains this share of the three best scores of its episode. */
const EPISODE = 0.2;
const EPISODE_BEST = 3;
/** Messages that are further apart than this, in milliseconds, are not of one episode. */
export const EPISODE_GAP = 3_600_000;
/** Messages of the speaker whom the question names. */
const SPEAKER = 1.7;

/** Tokens of all messages that a search finds: what one call of an object may carry. */
export const SEARCH_TOKENS = 1_000_000;

export interface RecallLimits {
  /** Only messages with a smaller `seq`. */
  before: number;
  /** Tokens that the messages may have together. */
  tokens: number;
  /** How many messages at most. */
  count: number;
}

/** What the height of scores depends on: on one scale, scores of two memories can be compared. */
export interface Scale {
  /** What a hit of each of the question's words is worth. */
  rarities: Record<string, number>;
  /** Those of its words that name somebody who speaks. */
  speakers: string[];
  /** Tokens of a message, in the mean. */
  mean: number;
}

/** What is known beyond the words of the question. */
interface Beyond {
  /** The messages whose meaning is nearest to the question's, best first; absent where that is not known. */
  nearest?: number[] | undefined;
  /** The scale of another memory, to score as that does. */
  scale?: Scale | undefined;
  /** Messages that are not wanted, from one `seq` to another. */
  leftOut?: Range[] | undefined;
}

/** The messages that fit the question best and the limits, best first. Any text may be a question; none is an error. */
export function recall(
  messages: Messages,
  question: string,
  limits: RecallLimits,
  { nearest, scale, leftOut }: Beyond = {},
): { recalled: RecalledMessage[]; scale: Scale } {
  const english = isEnglish(question);
  const terms = limits.tokens > 0 ? termsOf(question) : [];
  const lookUps = limitsOf(terms.length, limits.before);
  const found = messages.index.find(english ? expanded(terms) : terms.map(alone), limits.before, lookUps);
  const isSpeaker = ({ speaks, term }: Found) => speaks || scale?.speakers.includes(term.word);
  const speakers = found.filter(isSpeaker).map(({ term }) => term.word);
  const topics = found.filter((word) => !isSpeaker(word));
  const meaning = nearest && meaningOf(nearest, limits.before);
  const rarities = new Map(Object.entries(scale?.rarities ?? {}));
  const words = topics.length > 0 ? topics : found;
  const evidence = evidenceOf(words, limits.before, lookUps, { meaning, rarities, leftOut });
  const { mean, ranked } = rank(messages, evidence, {
    priors: priorsOf(question, english),
    speaker: speakers.length === 1 ? speakers[0] : undefined,
    mean: scale?.mean,
  });
  const chosen = within(ranked, limits);
  const bySeq = new Map(messages.pick(chosen.map(({ seq }) => seq)).map((message) => [message.seq, message]));
  const recalled = chosen.flatMap(({ seq, score }) => {
    const message = bySeq.get(seq);
    if (!message) return [];
    if (!meaning) return [{ ...message, score: rounded(score) }];
    const share = (meaning.get(seq) ?? 0) / (evidence.get(seq) || 1);
    return [
      { ...message, score: rounded(score), words: rounded(score * (1 - share)), meaning: rounded(score * share) },
    ];
  });
  return { recalled, scale: { rarities: Object.fromEntries(rarities), speakers, mean } };
}

/** What a message takes of the room for quotations. */
export const costOf = ({ tokens }: { tokens: number }) => tokens - MESSAGE_OVERHEAD + QUOTATION_OVERHEAD;

/** Those that there is room for, of messages in the order of their worth. */
export function within<T extends { tokens: number }>(
  ranked: T[],
  { tokens, count }: Pick<RecallLimits, "tokens" | "count">,
): T[] {
  const chosen: T[] = [];
  let left = tokens;
  for (const candidate of ranked) {
    if (chosen.length === count) break;
    const cost = costOf(candidate);
    if (cost > left) continue;
    left -= cost;
    chosen.push(candidate);
  }
  return chosen;
}

const rounded = (score: number) => Math.round(score * 1_000) / 1_000;

const alone = (term: Term): Wanted => ({ term, forms: [], related: [] });

/** The words of a question with what may stand in their place, without what the question says itself. */
function expanded(terms: Term[]): Wanted[] {
  const said = new Set(terms.map(({ word }) => word));
  const others = (words: string[]) => words.filter((word) => !said.has(word));
  let left = RELATED_WORDS;
  return terms.map((term) => {
    const { forms, related } = expansionOf(term.word);
    const chosen = others(related).slice(0, left);
    left -= chosen.length;
    return { term, forms: others(forms), related: chosen };
  });
}

interface Candidate {
  seq: number;
  tokens: number;
  score: number;
}

/** What candidates are weighed by, beside their evidence. */
interface Weights {
  priors: Priors;
  /** The one speaker whom the question names. */
  speaker: string | undefined;
  /** Tokens of a message, in the mean; that of the candidates by default. */
  mean: number | undefined;
}

/** The best candidates again, with their length, episode and speaker. */
function rank(
  messages: Messages,
  evidence: Evidence,
  { priors, speaker, ...weights }: Weights,
): { ranked: Candidate[]; mean: number } {
  const outlines = messages.outline([...evidence.keys()]);
  const mean = weights.mean ?? outlines.reduce((sum, { tokens }) => sum + tokens, 0) / outlines.length;
  const episodes: { score: number; tokens: number; seq: number; name: string }[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { seq, tokens, createdAt, name, traits } of outlines) {
    if (traits & QUIET) continue;
    if (createdAt - last > EPISODE_GAP) episodes.push([]);
    last = createdAt;
    const length = 1 - BM25_B + (BM25_B * tokens) / mean;
    let score = (evidence.get(seq) ?? 0) / length;
    for (const [trait, factor] of priors) if (traits & trait) score *= factor;
    episodes.at(-1)?.push({ seq, tokens, score, name });
  }
  const ranked = episodes
    .flatMap((episode) => {
      const top = episode.map(({ score }) => score).sort((a, b) => b - a);
      const bonus = EPISODE * top.slice(0, EPISODE_BEST).reduce((sum, score) => sum + score, 0);
      return episode.map(({ seq, tokens, score, name }) => {
        const named = speaker !== undefined && name.toLowerCase().split(/\s+/).includes(speaker);
        return { seq, tokens, score: (score + bonus) * (named ? SPEAKER : 1) };
      });
    })
    .sort((a, b) => b.score - a.score || b.seq - a.seq);
  return { ranked, mean };
}
