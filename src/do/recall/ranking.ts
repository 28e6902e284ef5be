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
import type { Found } from "./fulltext";
import { termsOf } from "./terms";

/** Evidence that a hit gives to the messages around it, by distance: an answer gains from its question most. */
const NEIGHBOURS: [distance: number, weight: number][] = [
  [-2, 0.25],
  [-1, 0.5],
  [0, 1],
  [1, 0.6],
  [2, 0.25],
];
/** BM25's k1: how soon more of the same word adds no more. */
const BM25_K1 = 1;
/** What a message's own hits count beyond what they count with its neighbours'. */
const OWN = 0.25;
/** What a message that asks something counts: it tells less than one that says something. */
const ASKING = 0.8;
/** How much of a message's score its length takes away, where BM25 has b: long messages hit by chance. */
const BM25_B = 0.2;
/** A word that stands in more messages than this is dropped, so that the cost does not grow with the session. */
const MAX_HITS = 256;
/** Candidates that are looked at closely. */
const CANDIDATES = 200;
/** A message gains this share of the three best scores of its episode. */
const EPISODE = 0.2;
const EPISODE_BEST = 3;
/** Messages that are further apart than this, in milliseconds, are not of one episode. */
const EPISODE_GAP = 3_600_000;
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

/** The messages that fit the question best and the limits, best first. Any text may be a question; none is an error. */
export function recall(messages: Messages, question: string, limits: RecallLimits): RecalledMessage[] {
  if (limits.tokens <= 0) return [];
  const found = messages.index.find(termsOf(question), limits.before, MAX_HITS + 1);
  const speakers = found.filter(({ speaks }) => speaks);
  const topics = found.filter(({ speaks }) => !speaks);
  const scores = scoresOf(hitsOf(topics.length > 0 ? topics : found), limits.before);
  const ranked = rank(messages, scores, speakers.length === 1 ? speakers[0]?.term.word : undefined);
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
    return message ? [{ ...message, score: Math.round(score * 1_000) / 1_000 }] : [];
  });
}

/** The hits of each word; of common words only where there are no others. */
function hitsOf(found: Found[]): number[][] {
  const hits = found.map(({ seqs }) => seqs).filter((seqs) => seqs.length > 0);
  const rare = hits.filter((seqs) => seqs.length <= MAX_HITS);
  return rare.length > 0 ? rare : hits;
}

/** What each message got of the words, by `seq`, where it got something. */
type Scores = Map<number, number>;

/** Two arrays of zeros, kept: megabytes made for each question would be most of its cost. */
let kept: [Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0)];
function scratch(length: number): [Float64Array, Float64Array] {
  if (kept[0].length < length) kept = [new Float64Array(2 * length), new Float64Array(2 * length)];
  return kept;
}

/** BM25 over messages that are read with their neighbours: the best of them. */
function scoresOf(hits: number[][], before: number): Scores {
  const total = Math.max(before - 1, 1);
  const [scores, evidence] = scratch(total + 1);
  const touched: number[] = [];
  for (const seqs of hits) {
    const rarity = Math.log(1 + Math.max(0, total - seqs.length + 0.5) / (seqs.length + 0.5));
    const near: number[] = [];
    for (const seq of seqs) {
      for (const [distance, weight] of NEIGHBOURS) {
        const at = seq + distance;
        if (at < 1 || at >= before) continue;
        if (evidence[at] === 0) near.push(at);
        evidence[at] = (evidence[at] ?? 0) + weight;
      }
    }
    for (const seq of seqs) add(seq, rarity * OWN);
    for (const seq of near) {
      const amount = evidence[seq] ?? 0;
      add(seq, (rarity * amount * (1 + BM25_K1)) / (amount + BM25_K1));
      evidence[seq] = 0;
    }
  }
  const result: Scores = new Map();
  const least = leastOf(touched, scores, CANDIDATES);
  for (const seq of touched) {
    const score = scores[seq] ?? 0;
    if (score >= least) result.set(seq, score);
    scores[seq] = 0;
  }
  return result;

  function add(seq: number, gain: number): void {
    if (scores[seq] === 0) touched.push(seq);
    scores[seq] = (scores[seq] ?? 0) + gain;
  }
}

/** The least of the highest scores. */
function leastOf(touched: number[], scores: Float64Array, count: number): number {
  if (touched.length <= count) return 0;
  return Float64Array.from(touched, (seq) => scores[seq] ?? 0).sort()[touched.length - count] ?? 0;
}

interface Candidate {
  seq: number;
  tokens: number;
  score: number;
}

/** The best candidates again, with their length, episode and speaker. */
function rank(messages: Messages, scores: Scores, speaker: string | undefined): Candidate[] {
  const outlines = messages.outline([...scores.keys()]);
  const mean = outlines.reduce((sum, { tokens }) => sum + tokens, 0) / outlines.length;
  const episodes: { score: number; tokens: number; seq: number; name: string }[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { seq, tokens, createdAt, name, asks } of outlines) {
    if (createdAt - last > EPISODE_GAP) episodes.push([]);
    last = createdAt;
    const length = 1 - BM25_B + (BM25_B * tokens) / mean;
    const score = ((scores.get(seq) ?? 0) * (asks ? ASKING : 1)) / length;
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
