/** Explains a recall: for messages that were, or were not, recalled for a question, their rank and what their score is made of. */
import { quotationTokens } from "../../turn/prompt-blocks";
import { spreadOf } from "./evidence";
import { excerpted } from "./excerpts";
import type { Messages } from "./messages";
import { isLong } from "./passages";
import { type Beyond, lengthOf, type RecallLimits, rankingOf, recall } from "./ranking";

/** Why a message was recalled or not. The parts add up to the score. */
export interface Explanation {
  seq: number;
  /** 1 for the best candidate; null for a message that is none: no word of the question stands in it or near it. */
  rank: number | null;
  recalled: boolean;
  score: number;
  /** What the message's own words bring. */
  words: number;
  /** What the words of the messages around it bring, and those of its episode. */
  neighbours: number;
  /** What the question's days bring. */
  date: number;
  meaning: number;
  /** What it brings that the question names the speaker, and that the message looks like an answer. */
  speaker: number;
  /** Tokens that its quotation takes. */
  tokens: number;
  /** Tokens that were missing for it to be recalled; 0 where it was, null where it is no candidate. */
  missedBy: number | null;
}

const rounded = (value: number) => Math.round(value * 1_000) / 1_000;

/** Returns the explanations of some messages for a question, in the order of their `seq`. */
export function explain(
  messages: Messages,
  question: string,
  seqs: readonly number[],
  limits: RecallLimits,
  beyond: Beyond = {},
): Explanation[] {
  const ranking = rankingOf(messages, question, limits, beyond);
  const { ranked, evidence, meaning, excerpts, scale } = ranking;
  const recalled = recall(messages, question, limits, beyond).recalled;
  const quoted = new Set(recalled.map(({ seq }) => seq));
  const places = new Map(ranked.map(({ seq }, at) => [seq, at]));
  const found = messages.pick(seqs.filter((seq) => seq < limits.before));
  const reads = excerpts.of(found.filter(({ tokens }) => isLong(tokens)).map(({ seq }) => seq));
  return found
    .sort((a, b) => a.seq - b.seq)
    .map((message): Explanation => {
      const { seq } = message;
      const place = places.get(seq);
      const candidate = place === undefined ? undefined : ranked[place];
      const read = reads.get(seq);
      const tokens = quotationTokens(read ? excerpted(read) : message);
      if (place === undefined || !candidate) {
        const none = { score: 0, words: 0, neighbours: 0, date: 0, meaning: 0, speaker: 0 };
        return { seq, rank: null, recalled: quoted.has(seq), ...none, tokens, missedBy: null };
      }
      const before = new Set(ranked.slice(0, place).map((one) => one.seq));
      const spent = recalled.filter((one) => before.has(one.seq)).reduce((sum, one) => sum + quotationTokens(one), 0);
      const length = lengthOf(message.tokens);
      const meant = meaning?.get(seq) ?? 0;
      // A passage has a share of what its message has: so has each part.
      const parts = spreadOf(ranking.words, seq, scale.rarities, ranking.nearness);
      const all = parts.words + parts.date + parts.neighbours;
      const share = all > 0 ? ((evidence.get(seq) ?? 0) - meant) / all / length : 0;
      const sum = (evidence.get(seq) ?? 0) / length;
      return {
        seq,
        rank: place + 1,
        recalled: quoted.has(seq),
        score: rounded(candidate.score),
        words: rounded(parts.words * share),
        neighbours: rounded(parts.neighbours * share + candidate.bonus),
        date: rounded(parts.date * share),
        meaning: rounded(meant / length),
        speaker: rounded(candidate.score - sum - candidate.bonus),
        tokens,
        missedBy: quoted.has(seq) ? 0 : Math.max(0, Math.ceil(tokens - (limits.tokens - spent))),
      };
    });
}
