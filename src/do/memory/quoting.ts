/** Chooses the messages to quote: the best ones that fit, long ones as excerpts. */
import { quotationTokens } from "../../turn/prompt-blocks";
import { sum } from "../../turn/sum";
import { MESSAGE_OVERHEAD, QUOTATION_OVERHEAD } from "../../turn/tokens";
import type { RecalledMessage } from "../../turn/types";
import { copiesOf } from "./copies";
import { type Excerpts, excerpted } from "./excerpts";
import { fingerprint } from "./folding";
import type { Messages } from "./messages";
import { isLong, PASSAGE } from "./passages";

/** The most rounds of reading. After a round with copies, the next one reads twice as many candidates. */
const ROUNDS = 8;
/** A rest of the room below this share is left empty. */
const REST = 1 / 16;

/** The limits of the quotations. */
interface Room {
  tokens: number;
  count?: number;
  whole?: boolean;
}

/** Returns the best candidates that fit, in their order; skips candidates that are too long. */
export function within<T>(
  ranked: T[],
  { tokens, count = Number.POSITIVE_INFINITY }: Room,
  costOf: (one: T) => number,
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

/** Estimates the tokens of a quotation before its text is read: without the marks of its lines. */
const likelyTokens = ({ tokens }: { tokens: number }) => tokens - MESSAGE_OVERHEAD + QUOTATION_OVERHEAD;

/** A candidate, with its likely tokens. */
interface Planned {
  seq: number;
  score: number;
  tokens: number;
  isLong: boolean;
}

/** Returns the messages to quote. Skips copies of the question and repeated messages. @param ranked best first */
export function quote(
  messages: Messages,
  ranked: { seq: number; tokens: number; score: number }[],
  excerpts: Excerpts,
  { question, tokens: most, count = Number.POSITIVE_INFINITY, whole = false }: Room & { question: string },
): RecalledMessage[] {
  const planned: Planned[] = ranked.map(({ seq, score, tokens }) => ({
    seq,
    score,
    isLong: isLong(tokens),
    tokens: whole || !isLong(tokens) ? tokens : PASSAGE,
  }));
  const isCopy = copiesOf(question);
  const seen = new Set<string>();
  const chosen: RecalledMessage[] = [];
  let left = planned;
  let factor = 1;
  for (let rounds = 0; rounds < ROUNDS; rounds += 1) {
    const tokens = most - sum(chosen, quotationTokens);
    if (tokens < most * REST) break;
    const rest = { tokens, count: count - chosen.length };
    const likely = within(left, { ...rest, tokens: tokens * factor }, likelyTokens);
    if (likely.length === 0) break;
    const read = readAll(messages, excerpts, likely, whole);
    const fresh = whole ? read : read.filter((message) => !isCopy(message) && isNew(message, seen));
    chosen.push(...within(fresh, rest, quotationTokens));
    if (fresh.length < read.length) factor *= 2;
    const taken = new Set(likely.map(({ seq }) => seq));
    left = left.filter(({ seq }) => !taken.has(seq));
  }
  return chosen;
}

/** Returns whether no earlier message has the same text and role. Adds the message to `seen`. */
function isNew({ role, content }: RecalledMessage, seen: Set<string>): boolean {
  const key = `${role} ${fingerprint(content)}`;
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

/** Reads candidates, as excerpts or whole. */
function readAll(messages: Messages, excerpts: Excerpts, likely: Planned[], whole: boolean): RecalledMessage[] {
  const long = excerpts.of(likely.filter((one) => one.isLong).map(({ seq }) => seq));
  const short = messages.pick(likely.filter((one) => !one.isLong).map(({ seq }) => seq));
  const bySeq = new Map(short.map((message) => [message.seq, message]));
  return likely.flatMap(({ seq, score }): RecalledMessage[] => {
    const read = long.get(seq);
    const message = read?.message ?? bySeq.get(seq);
    if (!message) return [];
    if (!read) return [{ ...message, score }];
    const { from, to } = read.passage;
    return [{ ...(whole ? { ...message, from, to } : excerpted(read)), score }];
  });
}
