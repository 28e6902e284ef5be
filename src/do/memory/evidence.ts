/** Scores messages by the words of a question in them and near them. */

import { sum } from "../../turn/sum";
import type { Found, Limits } from "./fulltext";
import type { Outline } from "./message-cache";

/** The weights of a hit for the messages from two before it to two after it: an answer gains from its question. */
const NEIGHBOURS = [0.25, 0.5, 1, 0.6, 0.25];
/**
 * Neighbours count fully if messages have this many tokens or fewer on average. The longer messages are, the less
 * neighbours count, down to LEAST_TELLING, because long messages match by chance.
 */
const TELLING_TOKENS = 60;
const LEAST_TELLING = 0.5;
/**
 * Neighbours count less if fewer than one message in this many is by another speaker than the main one: without
 * replies, messages have little to do with each other.
 */
const ANSWERED = 10;
const REACH = 2;
/** Messages with this many others between them, or more, give each other no evidence. */
export const NEIGHBOURHOOD = REACH;
/** BM25's k1: how soon further hits of the same word stop adding to the score. */
const BM25_K1 = 1;
/** The extra weight of a message's own hits, besides their weight together with those of its neighbours. */
const OWN = 0.25;
/** The most hits of all words of a question together, to bound the cost; MOST_HITS is the limit for each word. */
const HITS = 3_600;
const MOST_HITS = 1_024;
/**
 * The number of messages above which fewer hits of each word are read, but at least LEAST_HITS: the newest hits of a
 * common word cover less and less of a longer session.
 */
const LONG = 5_000;
const LEAST_HITS = 256;
/** The weight of a hit of another form. Forms with more than FORM_HITS hits are ignored as another word. */
export const FORM = 0.6;
const FORM_HITS = 256;
/** The weight of a hit of a related word. Related words with more than RELATED_HITS hits are ignored. */
export const RELATED = 0.25;
const RELATED_HITS = 128;
/** The number of candidates to rank, and the number of score buckets for choosing them. */
const CANDIDATES = 300;
const BUCKETS = 1_024;

/** Messages from one `seq` to another, both included. */
export type Range = [first: number, last: number];

/** The evidence for the best messages, by `seq`. */
export type Evidence = Map<number, number>;

/**
 * Returns how many hits to look up for a question of so many words, in the messages before a `seq`. For forms and
 * related words this is one more than the allowed number: a word with that many hits is too common.
 */
export function limitsOf(words: number, before: number): Limits {
  const share = Math.min(MOST_HITS, Math.floor(HITS / Math.max(words, 1)));
  const word = Math.min(share, Math.max(LEAST_HITS, Math.floor((share * LONG) / before)));
  return { word, forms: FORM_HITS + 1, related: RELATED_HITS + 1 };
}

/** Arrays of zeros, reused: allocating these megabytes for each question would be most of its cost. */
let kept = zeros(0);
function zeros(length: number) {
  const [weights, evidence, scores] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  return { weights, evidence, scores };
}

/**
 * Returns how many messages contain a word. If only its newest hits were looked up, assumes that it is as frequent in
 * the rest of the session. So a common word is damped by its rarity, not dropped.
 */
export function countOf(seqs: number[], most: number, total: number): number {
  if (seqs.length < most) return seqs.length;
  const span = (seqs[0] ?? 0) - (seqs.at(-1) ?? 0) + 1;
  return (seqs.length / span) * total;
}

/** Returns BM25's rarity: the weight of a hit of a word that `count` of `total` messages contain. */
export function rarityOf(count: number, total: number): number {
  const mass = Math.max(1, count);
  return Math.log(1 + Math.max(0, total - mass + 0.5) / (mass + 0.5));
}

/** Returns the factor for evidence from neighbours, from 0 to 1, estimated from some messages of the conversation. */
export function nearnessOf(some: Pick<Outline, "tokens" | "role" | "name">[]): number {
  if (some.length === 0) return 1;
  const mean = sum(some, ({ tokens }) => tokens) / some.length;
  const speakers = new Map<string, number>();
  for (const { role, name } of some) speakers.set(`${role} ${name}`, (speakers.get(`${role} ${name}`) ?? 0) + 1);
  const others = 1 - Math.max(...speakers.values()) / some.length;
  const answered = Math.min(1, ANSWERED * others);
  return answered * Math.max(LEAST_TELLING, Math.min(1, TELLING_TOKENS / mean));
}

/** Returns the messages that match a word, a form or a related word. Sets the weight of each by its best match. */
function weigh({ seqs, forms, related }: Found, limits: Limits, weights: Float64Array): number[] {
  const hits: number[] = [];
  const hit = (found: number[], weight: number) => {
    for (const seq of found) {
      if (weights[seq] === 0) hits.push(seq);
      if ((weights[seq] ?? 0) < weight) weights[seq] = weight;
    }
  };
  hit(seqs, 1);
  if (seqs.length === limits.word) return hits;
  if (forms.length < limits.forms) hit(forms, FORM);
  for (const rare of related) if (rare.length < limits.related) hit(rare, RELATED);
  return hits;
}

/** Returns the worth of an amount of evidence for a word: repetitions add less and less. */
export const saturated = (amount: number): number => (amount * (1 + BM25_K1)) / (amount + BM25_K1);

/** Further inputs of the score. */
interface Others {
  /** The factor for evidence from neighbours: see {@link nearnessOf}. */
  nearness: number;
  /** The evidence of meaning. */
  meaning?: Evidence | undefined;
  /** The weight of a hit of each word; missing words are added. */
  rarities: Map<string, number>;
  leftOut?: Range[] | undefined;
}

/**
 * Returns the best messages by BM25, each scored together with its neighbours.
 * @param before only messages with a smaller `seq` are scored
 * @param limits how many hits were looked up
 */
export function evidenceOf(
  found: Found[],
  before: number,
  limits: Limits,
  { nearness, meaning, rarities, leftOut = [] }: Others,
): Evidence {
  const total = Math.max(before - 1, 1);
  if (kept.scores.length <= total) kept = zeros(total + (total >> 2) + 1);
  const { weights, evidence, scores } = kept;
  const touched: number[] = [];
  const spread = NEIGHBOURS.map((share, at) => (at === REACH ? share : share * nearness));
  for (const word of found) {
    const hits = weigh(word, limits, weights);
    const count = sum(hits, (seq) => weights[seq] ?? 0) + countOf(word.seqs, limits.word, total) - word.seqs.length;
    const rarity = rarities.get(word.term.word) ?? rarityOf(count, total);
    rarities.set(word.term.word, rarity);
    const near: number[] = [];
    for (const seq of hits) {
      const weight = weights[seq] ?? 0;
      const last = Math.min(seq + REACH, before - 1);
      for (let at = Math.max(1, seq - REACH); at <= last; at += 1) {
        if (evidence[at] === 0) near.push(at);
        evidence[at] = (evidence[at] ?? 0) + weight * (spread[at - seq + REACH] ?? 0);
      }
    }
    for (const seq of hits) {
      add(seq, rarity * OWN * (weights[seq] ?? 0));
      weights[seq] = 0;
    }
    for (const seq of near) {
      add(seq, rarity * saturated(evidence[seq] ?? 0));
      evidence[seq] = 0;
    }
  }
  for (const [seq, gain] of meaning ?? []) add(seq, gain);
  for (const [first, last] of leftOut) scores.fill(0, first, last + 1);
  const best: Evidence = new Map();
  const least = leastOf(touched, scores, CANDIDATES);
  for (const seq of touched) {
    const score = scores[seq] ?? 0;
    if (score > 0 && score >= least) best.set(seq, score);
    scores[seq] = 0;
  }
  return best;

  function add(seq: number, gain: number): void {
    if (scores[seq] === 0) touched.push(seq);
    scores[seq] = (scores[seq] ?? 0) + gain;
  }
}

/** Splits a message's evidence, as in {@link evidenceOf}, by its own words, its neighbours and the question's days. */
export function spreadOf(
  found: Found[],
  seq: number,
  rarities: Readonly<Record<string, number>>,
  nearness: number,
): { words: number; neighbours: number; date: number } {
  const parts = { words: 0, neighbours: 0, date: 0 };
  for (const { term, seqs, forms, related } of found) {
    const rarity = rarities[term.word] ?? 0;
    const weightAt = (at: number) =>
      seqs.includes(at) ? 1 : forms.includes(at) ? FORM : related.some((rare) => rare.includes(at)) ? RELATED : 0;
    const own = weightAt(seq);
    const near = NEIGHBOURS.reduce(
      (sum, share, at) => sum + (at === REACH ? 0 : share * nearness * weightAt(seq + REACH - at)),
      0,
    );
    const alone = rarity * (own * OWN + saturated(own));
    parts[term.match === undefined ? "words" : "date"] += alone;
    parts.neighbours += rarity * (saturated(own + near) - saturated(own));
  }
  return parts;
}

/**
 * Returns a score that `count` messages reach, or a few more. Counts scores in buckets, because sorting all of them
 * would take a tenth of the time of an ask.
 */
function leastOf(touched: number[], scores: Float64Array, count: number): number {
  if (touched.length <= count) return 0;
  const highest = touched.reduce((max, seq) => Math.max(max, scores[seq] ?? 0), 0);
  const buckets = new Uint32Array(BUCKETS + 1);
  for (const seq of touched) {
    const bucket = Math.floor(((scores[seq] ?? 0) / highest) * BUCKETS);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  let reached = 0;
  let bucket = BUCKETS + 1;
  while (reached < count && bucket > 0) {
    bucket -= 1;
    reached += buckets[bucket] ?? 0;
  }
  return (bucket / BUCKETS) * highest * (1 - Number.EPSILON);
}
