/** What of the memory goes into one prompt, within a token budget. */
import { contextOf } from "../../turn/conversation";
import { blockTokens, factsTokens, factsWithin, quotationTokens, RECALL_OVERHEAD } from "../../turn/quotations";
import type { Budget, Context, Message, NewMessage, RecalledMessage } from "../../turn/types";
import type { Fact, UserContext } from "../../turn/user-memory";
import type { Messages } from "../storage/messages";
import { lastExchange } from "./follow-ups";
import type { Asked } from "./question-days";
import { within } from "./quoting";
import { recall, type Scale } from "./ranking";

/** The window's start moves by this share of its budget at once, so that the prompt's head stays the same for a while. */
const STEPS = 4;
/** The window's budget in whole pieces, so that a longer question does not move its start. */
const PIECE = 256;

/** What a user's object knows for a question. */
export interface UserMemory {
  /** Messages of other sessions, best first, and the scale of their scores. */
  recalled: RecalledMessage[];
  scale: Scale;
  /** Newest first. */
  facts: Fact[];
}

/** Of what a context is read. */
export interface Scope extends Partial<Asked> {
  /** How many messages there are. */
  total: number;
  /** Only those before this `seq`; all by default. */
  end?: number | undefined;
  /** The messages before a `seq` whose meaning is nearest to the question's; absent where that is not known. */
  nearest?: ((seq: number) => number[]) | undefined;
  /** What is known of who asks; null where that came too late, absent where nobody is named. */
  user?: UserMemory | null | undefined;
}

/**
 * The whole session where it fits; otherwise the recent window and what is recalled from before it. What is known of the
 * user comes beside.
 */
export function readContext(messages: Messages, question: string, budget: Budget, scope: Scope): Context {
  const { total, end, nearest: nearestBefore, now, timeZone } = scope;
  const { last, tokens } = messages.end(end);
  const { user, others, tokens: taken } = beside(budget, scope.user);
  if (tokens <= budget.context - taken && budget.window === undefined) {
    return { window: messages.behind(0, last), recalled: others, recall: "words", total, user };
  }
  const context =
    budget.context - factsTokens(user?.facts) - Math.max(budget.recall, blockTokens(others) - RECALL_OVERHEAD);
  const room = Math.max(0, Math.min(budget.window ?? Number.POSITIVE_INFINITY, context));
  const window = recentWindow(messages, { last, tokens }, room > 4 * PIECE ? room - (room % PIECE) : room);
  const before = window[0]?.seq ?? last + 1;
  const limits = { before, tokens: budget.recall, count: Number.POSITIVE_INFINITY };
  const nearest = nearestBefore?.(before);
  const previous = lastExchange(messages, last + 1);
  const scale = others.length > 0 ? scope.user?.scale : undefined;
  const own = recall(messages, question, limits, { nearest, scale, previous, now, timeZone }).recalled;
  const recalled = others.length > 0 ? compete(own, others, limits) : own;
  return { window, recalled, recall: nearest ? "words+meaning" : "words", total, user };
}

/** As {@link readContext}, for a session that begins with what a client says was said before. */
export function beginContext(before: readonly NewMessage[], budget: Budget, known: Scope["user"]): Context {
  const { user, others, tokens } = beside(budget, known);
  return { ...contextOf(before, Math.max(0, budget.context - tokens)), recalled: others, user };
}

/** What of a user's memory has room beside a session's own, and the tokens that it takes. */
function beside(
  budget: Budget,
  known: Scope["user"],
): { user: UserContext | undefined; others: RecalledMessage[]; tokens: number } {
  if (!known) return { user: known === null ? { answered: false, facts: [] } : undefined, others: [], tokens: 0 };
  const facts = factsWithin(known.facts, budget.context >> 1);
  const others = within(known.recalled, { tokens: budget.recall, count: Number.POSITIVE_INFINITY }, quotationTokens);
  return { user: { answered: true, facts }, others, tokens: factsTokens(facts) + blockTokens(others) };
}

/**
 * The session's own messages and those of others, for the same room. Others have words alone, so the words decide what
 * they get; of the rest the session's own come in their order, to which meaning may have added.
 */
function compete(
  own: RecalledMessage[],
  others: RecalledMessage[],
  limits: { tokens: number; count: number },
): RecalledMessage[] {
  const byWords = [...own, ...others].sort((a, b) => (b.words ?? b.score) - (a.words ?? a.score));
  const better = within(byWords, limits, quotationTokens).filter(({ sessionId }) => sessionId !== undefined);
  const tokens = better.reduce((left, message) => left - quotationTokens(message), limits.tokens);
  return [...within(own, { ...limits, tokens }, quotationTokens), ...better].sort((a, b) => b.score - a.score);
}

/** The newest messages within so many tokens, from a start that moves in steps, beginning with a user message. */
function recentWindow(messages: Messages, { last, tokens }: { last: number; tokens: number }, room: number): Message[] {
  const step = Math.max(1, Math.floor(room / STEPS));
  const start = Math.ceil(Math.max(0, tokens - room) / step) * step;
  const window = messages.behind(start, last);
  const first = window.findIndex(({ role }) => role === "user");
  return first === -1 ? [] : window.slice(first);
}
