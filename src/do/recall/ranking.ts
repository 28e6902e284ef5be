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
import type { Messages } from "../storage/messages";
import { type Evidence, evidenceOf, limitsOf, meaningOf } from "./evidence";
import { expansionOf, isEnglish } from "./expansion";
import type { Wanted } from "./fulltext";
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

export interface RecallLimits {
  /** Only messages with a smaller `seq`. */
  before: number;
  /** Tokens that the messages may have together. */
  tokens: number;
  /** How many messages at most. */
  count: number;
}

/**
 * The messages that fit the question best and the limits, best first. Any text may be a question; none is an error.
 * @param nearest the messages whose meaning is nearest to the question's, best first; absent where that is not known
 */
export function recall(
  messages: Messages,
  question: string,
  limits: RecallLimits,
  nearest?: number[],
): RecalledMessage[] {
  if (limits.tokens <= 0) return [];
  const english = isEnglish(question);
  const terms = termsOf(question);
  const lookUps = limitsOf(terms.length, limits.before);
  const found = messages.index.find(english ? expanded(terms) : terms.map(alone), limits.before, lookUps);
  const speakers = found.filter(({ speaks }) => speaks);
  const topics = found.filter(({ speaks }) => !speaks);
  const meaning = nearest && meaningOf(nearest, limits.before);
  const evidence = evidenceOf(topics.length > 0 ? topics : found, limits.before, lookUps, meaning);
  const speaker = speakers.length === 1 ? speakers[0]?.term.word : undefined;
  const ranked = rank(messages, evidence, priorsOf(question, english), speaker);
  const chosen: typeof ranked = [];
  let left = limits.tokens;
  for (const candidate of ranked) {
    if (chosen.length === limits.count) break;
    const cost = candidate.tokens - MESSAGE_OVERHEAD + QUOTATION_OVERHEAD;
    if (cost > left) continue;
    left -= cost;
    chosen.push(candidate);
  }
  const bySeq = new Map(messages.pick(chosen.map(({ seq }) => seq)).map((message) => [message.seq, message]));
  return chosen.flatMap(({ seq, score }) => {
    const message = bySeq.get(seq);
    if (!message) return [];
    if (!meaning) return [{ ...message, score: rounded(score) }];
    const share = (meaning.get(seq) ?? 0) / (evidence.get(seq) || 1);
    return [
      { ...message, score: rounded(score), words: rounded(score * (1 - share)), meaning: rounded(score * share) },
    ];
  });
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

/** The best candidates again, with their length, episode and speaker. */
function rank(messages: Messages, evidence: Evidence, priors: Priors, speaker: string | undefined): Candidate[] {
  const outlines = messages.outline([...evidence.keys()]);
  const mean = outlines.reduce((sum, { tokens }) => sum + tokens, 0) / outlines.length;
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
  return episodes
    .flatMap((episode) => {
      const top = episode.map(({ score }) => score).sort((a, b) => b - a);
      const bonus = EPISODE * top.slice(0, EPISODE_BEST).reduce((sum, score) => sum + score, 0);
      return episode.map(({ seq, tokens, score, name }) => {
        const named = speaker !== undefined && name.toLowerCase().split(/\s+/).includes(speaker);
        return { seq, tokens, score: (score + bonus) * (named ? SPEAKER : 1) };
      });
    })
    .sort((a, b) => b.score - a.score || b.seq - a.seq);
}
