/** Explains a recall: the rank of messages for a question, recalled or not, and the parts of their score. */
import type { Explanation } from "../../turn/explanation";
import { quotationTokens } from "../../turn/prompt-blocks";
import { sum } from "../../turn/sum";
import type { RecalledMessage } from "../../turn/types";
import { spreadOf } from "./evidence";
import { excerpted, MOST_READ } from "./excerpts";
import type { Messages } from "./messages";
import { isLong, PASSAGE } from "./passages";
import { type Beyond, lengthOf, type RecallLimits, rankingOf } from "./ranking";

const rounded = (value: number) => Math.round(value * 1_000) / 1_000;

/** Explains some messages for a question, in the order of their `seq`. @param recalled the messages that are quoted */
export function explain(
  messages: Messages,
  question: string,
  seqs: readonly number[],
  recalled: readonly RecalledMessage[],
  limits: RecallLimits,
  beyond: Beyond = {},
): Explanation[] {
  const ranking = rankingOf(messages, question, limits, beyond);
  const { ranked, evidence, meaning, excerpts, scale } = ranking;
  const quoted = new Set(recalled.map(({ seq }) => seq));
  const places = new Map(ranked.map(({ seq }, at) => [seq, at]));
  // Excerpts that are not read get a typical length.
  let left = MOST_READ;
  const ordered = [...new Set(seqs)].sort((a, b) => a - b);
  return ordered.flatMap((seq) =>
    // One by one, because together they may exceed the memory of the object.
    messages.pick([seq]).map((message): Explanation => {
      const place = places.get(seq);
      const candidate = place === undefined ? undefined : ranked[place];
      const read = isLong(message.tokens) && left > 0 ? excerpts.read(message) : undefined;
      if (read) left -= message.content.length;
      const tokens = isLong(message.tokens) && !read ? PASSAGE : quotationTokens(read ? excerpted(read) : message);
      if (place === undefined || !candidate) {
        const none = { score: 0, words: 0, neighbours: 0, date: 0, meaning: 0, speaker: 0 };
        return { seq, rank: null, recalled: quoted.has(seq), ...none, tokens, missedBy: null };
      }
      const before = new Set(ranked.slice(0, place).map((one) => one.seq));
      const spent = sum(
        recalled.filter((one) => before.has(one.seq)),
        quotationTokens,
      );
      const length = lengthOf(message.tokens);
      const meant = meaning?.get(seq) ?? 0;
      // A long message has only the share of its passage, so each part is multiplied by it.
      const parts = spreadOf(ranking.words, seq, scale.rarities, ranking.nearness);
      const all = parts.words + parts.date + parts.neighbours;
      const share = all > 0 ? ((evidence.get(seq) ?? 0) - meant) / all / length : 0;
      const fromEvidence = (evidence.get(seq) ?? 0) / length;
      return {
        seq,
        rank: place + 1,
        recalled: quoted.has(seq),
        score: rounded(candidate.score),
        words: rounded(parts.words * share),
        neighbours: rounded(parts.neighbours * share + candidate.bonus),
        date: rounded(parts.date * share),
        meaning: rounded(meant / length),
        speaker: rounded(candidate.score - fromEvidence - candidate.bonus),
        tokens,
        missedBy: quoted.has(seq) ? 0 : Math.max(0, Math.ceil(tokens - (limits.tokens - spent))),
      };
    }),
  );
}
