/** Which messages are quoted: the best that have room, long ones by their excerpts. */
import { quotationTokens } from "../../turn/quotations";
import { MESSAGE_OVERHEAD, QUOTATION_OVERHEAD } from "../../turn/tokens";
import type { RecalledMessage } from "../../turn/types";
import type { Messages } from "../storage/messages";
import { type Excerpts, excerpted } from "./excerpts";
import { isLong, PASSAGE } from "./passages";

/** Excerpts have about as many tokens as planned: messages for so many times the room are read. */
const LIKELY = 1.2;

/** How much is quoted. */
interface Room {
  tokens: number;
  count: number;
  whole?: boolean;
}

/** Returns the first of these that have room, in their order, which is that of their worth; those that are too long are skipped. */
export function within<T>(ranked: T[], { tokens, count }: Room, costOf: (one: T) => number): T[] {
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

/** Returns the tokens of a quotation whose text is not read yet: without the marks of its lines. */
const likelyTokens = ({ tokens }: { tokens: number }) => tokens - MESSAGE_OVERHEAD + QUOTATION_OVERHEAD;

/** Returns the messages that are quoted of candidates, which stand best first. */
export function quote(
  messages: Messages,
  ranked: { seq: number; tokens: number; score: number }[],
  excerpts: Excerpts,
  room: Room,
): RecalledMessage[] {
  const planned = ranked.map(({ seq, score, tokens }) => ({
    seq,
    score,
    isLong: isLong(tokens),
    tokens: room.whole || !isLong(tokens) ? tokens : PASSAGE,
  }));
  const likely = within(planned, { ...room, tokens: room.tokens * LIKELY }, likelyTokens);
  const long = excerpts.of(likely.filter((one) => one.isLong).map(({ seq }) => seq));
  const short = messages.pick(likely.filter((one) => !one.isLong).map(({ seq }) => seq));
  const bySeq = new Map(short.map((message) => [message.seq, message]));
  const quoted = likely.flatMap(({ seq, score }): RecalledMessage[] => {
    const read = long.get(seq);
    if (!read)
      return (bySeq.has(seq) ? [bySeq.get(seq)] : []).flatMap((message) => (message ? { ...message, score } : []));
    const { message, passage } = read;
    if (room.whole) return [{ ...message, from: passage.from, to: passage.to, score }];
    return [{ ...excerpted(read), score }];
  });
  return within(quoted, room, quotationTokens);
}
