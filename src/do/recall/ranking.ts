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
import { expansionOf, isEnglish } from "./expansion";
import type { Found, Wanted } from "./fulltext";
import { type Term, termsOf } from "./terms";
import { type Priors, priorsOf } from "./traits";

/** Evidence that a hit gives to the messages around it, from two before to two after: an answer gains from its question. */
const NEIGHBOURS = [0.25, 0.5, 1, 0.6, 0.25];
const REACH = 2;
/** BM25's k1: how soon more of the same word adds no more. */
const BM25_K1 = 1;
/** What a message's own hits count beyond what they count with its neighbours'. */
const OWN = 0.25;
/** How much of a message's score its length takes away, where BM25 has b: long messages hit by chance. */
const BM25_B = 0.2;
/** Hits of all words of a question together, so that the cost is bounded. */
const HITS = 3_600;
const MOST_HITS = 1_024;
/** In a session longer than this the newest hits of a common word reach less and less far, and so fewer of them are read. */
const LONG = 5_000;
const LEAST_HITS = 256;
/** What a hit of another form counts; one of more hits than this is another word. */
const FORM = 0.6;
const FORM_HITS = 256;
/** What a hit of a related word counts, where it is as rare as this. */
const RELATED = 0.25;
const RELATED_HITS = 128;
/** Candidates that are looked at closely; how finely their scores are told apart when they are chosen. */
const CANDIDATES = 300;
const BUCKETS = 1_024;
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
  const english = isEnglish(question);
  const terms = termsOf(question);
  const most = hitsOf(terms.length, limits.before);
  const found = messages.index.find(english ? expanded(terms) : terms.map(alone), limits.before, {
    word: most,
    forms: FORM_HITS + 1,
    related: RELATED_HITS + 1,
  });
  const speakers = found.filter(({ speaks }) => speaks);
  const topics = found.filter(({ speaks }) => !speaks);
  const scores = scoresOf(topics.length > 0 ? topics : found, limits.before, most);
  const speaker = speakers.length === 1 ? speakers[0]?.term.word : undefined;
  const ranked = rank(messages, scores, priorsOf(question, english), speaker);
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

/** How many hits of a word are read. */
function hitsOf(words: number, before: number): number {
  const share = Math.min(MOST_HITS, HITS / Math.max(words, 1)) * Math.min(1, LONG / before);
  return Math.max(Math.floor(share), Math.min(LEAST_HITS, Math.ceil(HITS / Math.max(words, 1))));
}

const alone = (term: Term): Wanted => ({ term, forms: [], related: [] });

/** The words of a question with what may stand in their place, without what the question says itself. */
function expanded(terms: Term[]): Wanted[] {
  const said = new Set(terms.map(({ word }) => word));
  const others = (words: string[]) => words.filter((word) => !said.has(word));
  return terms.map((term) => {
    const { forms, related } = expansionOf(term.word);
    return { term, forms: others(forms), related: others(related) };
  });
}

/** What each message got of the words, by `seq`, where it got something. */
type Scores = Map<number, number>;

/** Arrays of zeros, kept: megabytes made for each question would be most of its cost. */
let kept = { weights: new Float64Array(0), evidence: new Float64Array(0), scores: new Float64Array(0) };
function scratch(length: number): typeof kept {
  const zeros = () => new Float64Array(2 * length);
  if (kept.scores.length < length) kept = { weights: zeros(), evidence: zeros(), scores: zeros() };
  return kept;
}

/**
 * How many messages have a word of which only the newest were looked up: as many as if it were as frequent everywhere.
 * A common word is damped by its rarity, not dropped.
 */
function countOf(seqs: number[], most: number, total: number): number {
  if (seqs.length < most) return seqs.length;
  const span = (seqs[0] ?? 0) - (seqs.at(-1) ?? 0) + 1;
  return (seqs.length / span) * total;
}

/** BM25 over messages that are read with their neighbours: the best of them. */
function scoresOf(found: Found[], before: number, most: number): Scores {
  const total = Math.max(before - 1, 1);
  const { weights, evidence, scores } = scratch(total + 1);
  const touched: number[] = [];
  for (const { seqs, forms, related } of found) {
    const hits: number[] = [];
    const hit = (seq: number, weight: number) => {
      if (weights[seq] === 0) hits.push(seq);
      // A message counts for the best of what it has.
      if ((weights[seq] ?? 0) < weight) weights[seq] = weight;
    };
    for (const seq of seqs) hit(seq, 1);
    if (seqs.length < most) {
      if (forms.length <= FORM_HITS) for (const seq of forms) hit(seq, FORM);
      for (const list of related) if (list.length <= RELATED_HITS) for (const seq of list) hit(seq, RELATED);
    }
    if (hits.length === 0) continue;
    const sum = hits.reduce((mass, seq) => mass + (weights[seq] ?? 0), 0);
    const mass = Math.max(1, sum + countOf(seqs, most, total) - seqs.length);
    const rarity = Math.log(1 + Math.max(0, total - mass + 0.5) / (mass + 0.5));
    const near: number[] = [];
    for (const seq of hits) {
      const weight = weights[seq] ?? 0;
      for (let at = Math.max(1, seq - REACH); at <= Math.min(seq + REACH, before - 1); at += 1) {
        if (evidence[at] === 0) near.push(at);
        evidence[at] = (evidence[at] ?? 0) + weight * (NEIGHBOURS[at - seq + REACH] ?? 0);
      }
    }
    for (const seq of hits) {
      add(seq, rarity * OWN * (weights[seq] ?? 0));
      weights[seq] = 0;
    }
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

/** A score that so many reach, or a few more: found by counting, as to sort them all would be a tenth of an ask. */
function leastOf(touched: number[], scores: Float64Array, count: number): number {
  if (touched.length <= count) return 0;
  const most = touched.reduce((max, seq) => Math.max(max, scores[seq] ?? 0), 0);
  const buckets = new Uint32Array(BUCKETS + 1);
  for (const seq of touched) {
    const bucket = Math.floor(((scores[seq] ?? 0) / most) * BUCKETS);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  let reached = 0;
  let bucket = BUCKETS + 1;
  while (reached < count && bucket > 0) {
    bucket -= 1;
    reached += buckets[bucket] ?? 0;
  }
  return (bucket / BUCKETS) * most * (1 - Number.EPSILON);
}

interface Candidate {
  seq: number;
  tokens: number;
  score: number;
}

/** The best candidates again, with their length, episode and speaker. */
function rank(messages: Messages, scores: Scores, priors: Priors, speaker: string | undefined): Candidate[] {
  const outlines = messages.outline([...scores.keys()]);
  const mean = outlines.reduce((sum, { tokens }) => sum + tokens, 0) / outlines.length;
  const episodes: { score: number; tokens: number; seq: number; name: string }[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { seq, tokens, createdAt, name, traits } of outlines) {
    if (createdAt - last > EPISODE_GAP) episodes.push([]);
    last = createdAt;
    const length = 1 - BM25_B + (BM25_B * tokens) / mean;
    let score = (scores.get(seq) ?? 0) / length;
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
