/** What of the memory goes into one prompt, within a token budget. */
import { contextOf } from "../../turn/conversation";
import { DATE_TOKENS, dayIn, withDates } from "../../turn/dates";
import { blockTokens, factsTokens, factsWithin, lineTokens, RECALL_OVERHEAD, sum } from "../../turn/prompt-blocks";
import type { Budget, Context, NewMessage, RecalledMessage } from "../../turn/types";
import type { Fact, UserContext } from "../../turn/user-memory";
import { isShortened, planWindow, shortened } from "../../turn/window";
import type { Range } from "./evidence";
import type { Messages } from "./messages";
import { newestMessages } from "./newest-messages";
import { costOf, recall, type Scale, within } from "./ranking";

/** The window takes over tokens that recall leaves in steps of this share of its room. */
const STEP = 1 / 4;

/** What a user's object knows for a question. */
export interface UserMemory {
  /** Messages of other sessions, best first, and the scale of their scores. */
  recalled: RecalledMessage[];
  scale: Scale;
  /** Newest first. */
  facts: Fact[];
}

/** Of what a context is read. */
export interface Scope {
  /** How many messages there are. */
  total: number;
  /** Only those before this `seq`; all by default. */
  end?: number | undefined;
  /** The time zone in which the prompt shows days. */
  timeZone: string;
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
  const { total, end, timeZone, nearest: nearestBefore } = scope;
  const { last, tokens } = messages.end(end);
  const { user, others, tokens: taken } = beside(budget, scope.user, timeZone);
  if (tokens <= budget.context - taken && budget.window === undefined) {
    const window = withDates(messages.behind(0, last), timeZone);
    if (sum(window, lineTokens) <= budget.context - taken)
      return { window, recalled: others, recall: "words", total, user };
  }
  const context =
    budget.context - factsTokens(user?.facts) - Math.max(budget.recall, blockTokens(others) - RECALL_OVERHEAD);
  const room = Math.max(0, Math.min(budget.window ?? Number.POSITIVE_INFINITY, context));
  const most = room + (budget.window === undefined ? budget.recall : 0);
  const { newest, before: earlier } = newestMessages(messages, last, most);
  const dated = withDates(newest, timeZone);
  // The first user message of the window gets a date, whatever its day.
  const planFor = (tokens: number) => planWindow(dated, tokens - DATE_TOKENS, earlier);
  let plan = planFor(room);
  // The left out middle of a shortened message can be recalled; the other messages of the window cannot.
  const before = plan.some(isShortened) ? last + 1 : (plan[0]?.message.seq ?? last + 1);
  const leftOut = plan.filter((one) => !isShortened(one)).map(({ message: { seq } }): Range => [seq, seq]);
  const limits = { before, tokens: budget.recall, count: Number.POSITIVE_INFINITY };
  const nearest = nearestBefore?.(before);
  const scale = others.length > 0 ? scope.user?.scale : undefined;
  const own = onDays(recall(messages, question, limits, { nearest, scale, leftOut }).recalled, timeZone);
  let recalled = others.length > 0 ? compete(own, others, limits) : own;
  if (budget.window === undefined) {
    const unused = budget.recall - Math.max(0, blockTokens(recalled) - RECALL_OVERHEAD);
    const step = Math.max(1, Math.floor(room * STEP));
    if (unused >= step) {
      plan = planFor(room + unused - (unused % step));
      const whole = new Set(plan.flatMap((one) => (isShortened(one) ? [] : [one.message.seq])));
      recalled = recalled.filter(({ seq, sessionId }) => sessionId !== undefined || !whole.has(seq));
    }
  }
  const window = shortened(plan);
  const first = window.find(({ role }) => role === "user");
  if (first) first.date ??= dayIn(first.createdAt, timeZone);
  return { window, recalled, recall: nearest ? "words+meaning" : "words", total, user };
}

/** Returns quotations with the days under which the prompt lists them. */
const onDays = (recalled: RecalledMessage[], timeZone: string): RecalledMessage[] =>
  recalled.map((message) => ({ ...message, date: dayIn(message.createdAt, timeZone) }));

/** As {@link readContext}, for a session that begins with what a client says was said before. */
export function beginContext(
  before: readonly NewMessage[],
  budget: Budget,
  { user: known, timeZone }: Pick<Scope, "user" | "timeZone">,
): Context {
  const { user, others, tokens } = beside(budget, known, timeZone);
  return { ...contextOf(before, Math.max(0, budget.context - tokens)), recalled: others, user };
}

/** What of a user's memory has room beside a session's own, and the tokens that it takes. */
function beside(
  budget: Budget,
  known: Scope["user"],
  timeZone: string,
): { user: UserContext | undefined; others: RecalledMessage[]; tokens: number } {
  if (!known) return { user: known === null ? { answered: false, facts: [] } : undefined, others: [], tokens: 0 };
  const facts = factsWithin(known.facts, budget.context >> 1);
  const others = within(onDays(known.recalled, timeZone), { tokens: budget.recall, count: Number.POSITIVE_INFINITY });
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
  const better = within(byWords, limits).filter(({ sessionId }) => sessionId !== undefined);
  const tokens = better.reduce((left, message) => left - costOf(message), limits.tokens);
  return [...within(own, { ...limits, tokens }), ...better].sort((a, b) => b.score - a.score);
}
