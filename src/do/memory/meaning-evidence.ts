/** Scores messages by their meaning. */
import { type Evidence, NEIGHBOURHOOD } from "./evidence";

/**
 * Evidence of meaning: each of the NEAREST messages that are nearest to the question gets ln(N / rank), which is on the
 * scale of a word's rarity. Messages around it get the shares below. Values near these give much the same results.
 */
export const NEAREST = 300;
const MEANING = 1;
const MEANING_NEIGHBOURS = [0.12, 0.25, 1, 0.3, 0.12];

/** A message that is near to a question in meaning. */
export interface Near {
  /** Of the asking session; 0 for a message of another one. */
  seq: number;
  /** The cosine of both vectors; -1 if only their signs were compared. */
  cosine: number;
}

/**
 * Returns the evidence of meaning.
 * @param nearest the messages nearest to the question in meaning, best first
 * @param compared the number of messages that were compared with the question
 */
export function meaningOf(nearest: Near[], before: number, compared = before - 1): Evidence {
  const evidence: Evidence = new Map();
  for (const [at, { seq: hit }] of nearest.entries()) {
    if (hit < 1 || hit >= before) continue;
    const gain = MEANING * Math.log(Math.max(1, compared / (at + 1)));
    for (let seq = Math.max(1, hit - NEIGHBOURHOOD); seq <= Math.min(hit + NEIGHBOURHOOD, before - 1); seq += 1) {
      evidence.set(seq, (evidence.get(seq) ?? 0) + gain * (MEANING_NEIGHBOURS[seq - hit + NEIGHBOURHOOD] ?? 0));
    }
  }
  return evidence;
}

/**
 * Returns the messages nearest to a question, those of all sessions and the session's own, best first. The user's copy
 * lacks some of the session's: the copied messages of a fork, and those whose vectors are not made yet.
 */
export function mergeNearest(all: Near[] | undefined, own: Near[] | undefined): Near[] | undefined {
  if (!all || !own) return all ?? own;
  const known = new Set(all.map(({ seq }) => seq));
  // If the list of all is cut off, it may lack a message only because the message is less near than all of them.
  const least = all.length < NEAREST ? -1 : (all.findLast(({ cosine }) => cosine > -1)?.cosine ?? 1);
  const more = own.filter(({ seq, cosine }) => !known.has(seq) && cosine >= least);
  return [...all, ...more].sort((a, b) => b.cosine - a.cosine).slice(0, NEAREST);
}
