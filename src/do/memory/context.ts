/** Chooses the parts of the memory for one prompt, within a token budget. */
import { contextOf } from "../../turn/conversation";
import { DATE_TOKENS, dayIn, withDates } from "../../turn/dates";
import {
  blockTokens,
  factsTokens,
  factsWithin,
  isOther,
  latestTokens,
  lineTokens,
  quotationTokens,
  RECALL_OVERHEAD,
} from "../../turn/prompt-blocks";
import { sum } from "../../turn/sum";
import type { Budget, Context, Message, NewMessage, RecalledMessage } from "../../turn/types";
import type { EarlierSession, Fact, UserContext } from "../../turn/user-memory";
import { isShortened, planWindow, shortened } from "../../turn/window";
import { conversationPart, recallPart } from "./conversation-questions";
import type { Range } from "./evidence";
import { explain } from "./explain";
import { lastExchange } from "./follow-ups";
import { mergeNearest, type Near } from "./meaning-evidence";
import type { Messages } from "./messages";
import { newestMessages } from "./newest-messages";
import type { Asked } from "./question-days";
import { within } from "./quoting";
import { recall, type Scale } from "./ranking";
import { searchedText } from "./searched-text";

/** The window takes over tokens that recall does not use, in steps of this share of the window's room. */
const STEP = 1 / 4;

/** The facts and messages that a user's object returns for a question. */
export interface UserMemory {
  /** Messages of other sessions, best first, and the scale of their scores. */
  recalled: RecalledMessage[];
  scale: Scale;
  /** Those for the prompt come first. */
  facts: Fact[];
  /** The latest other sessions of the user, newest first, if the session has no question yet. */
  latest?: EarlierSession[] | undefined;
}

/** The sources of a context. */
export interface Scope extends Partial<Asked> {
  /** The number of messages of the session. */
  total: number;
  /** Only messages before this `seq` are used; all by default. */
  end?: number | undefined;
  /** The time zone of the days that the prompt shows. */
  timeZone: string;
  /** Returns the messages before a `seq` that are nearest to the question in meaning; absent if meaning is not used. */
  nearest?: ((seq: number) => Near[]) | undefined;
  /** The memory of the user; null if it did not arrive in time, absent if the session has no user. */
  user?: UserMemory | null | undefined;
  /** The messages to explain, by `seq`. */
  explain?: readonly number[] | undefined;
}

/**
 * Returns the whole session if it fits; otherwise the recent window and messages recalled from before it. Adds the
 * memory of the user.
 */
export function readContext(messages: Messages, asked: string, budget: Budget, scope: Scope): Context {
  const question = searchedText(asked);
  const { total, end, now, timeZone, nearest: nearestBefore } = scope;
  const { last, tokens: stored } = messages.end(end);
  const tokens = stored - messages.withdrawn.sums.tokens;
  const { user, others, tokens: taken } = fitUserMemory(budget, scope.user, timeZone);
  if (tokens <= budget.context - taken && budget.window === undefined) {
    const window = withDates(messages.upTo(last), timeZone);
    if (sum(window, lineTokens) <= budget.context - taken) {
      // No message is a candidate: all are in the window.
      const explained = scope.explain && explain(messages, question, scope.explain, [], { before: 1, tokens: 0 });
      return { window, recalled: withoutShown(others, window), recall: "words", total, user, explained };
    }
  }
  // The taken tokens include the messages of other sessions, which are part of the recall.
  const context = budget.context - taken - Math.max(budget.recall - blockTokens(others), -RECALL_OVERHEAD);
  const room = Math.max(0, Math.min(budget.window ?? Number.POSITIVE_INFINITY, context));
  const most = room + (budget.window === undefined ? budget.recall : 0);
  const { newest, before: earlier } = newestMessages(messages, last, most);
  const dated = withDates(newest, timeZone);
  // The first user message of the window always gets a date.
  const planFor = (tokens: number) => planWindow(dated, tokens - DATE_TOKENS, earlier);
  let plan = planFor(room);
  // The omitted middle of a shortened message can be recalled; the other messages of the window cannot.
  const before = plan.some(isShortened) ? last + 1 : (plan[0]?.message.seq ?? last + 1);
  const whole = plan.filter((one) => !isShortened(one)).map(({ message }) => message);
  const leftOut = whole.map(({ seq }): Range => [seq, seq]);
  const limits = { before, tokens: budget.recall };
  const previous = lastExchange(messages, last + 1);
  const scale = others.length > 0 ? scope.user?.scale : undefined;
  // The ranks among all sessions make both memories comparable.
  const nearest = mergeNearest(scale?.nearest, nearestBefore?.(before));
  const beyond = { nearest, scale, leftOut, previous, now, timeZone };
  const part = conversationPart(question);
  const recalls = () => {
    if (part === undefined) return recall(messages, question, limits, beyond).recalled;
    // The facts of the user answer.
    if (part === "person" && user && user.facts.length > 0) return [];
    return recallPart(messages, question, part, limits, leftOut);
  };
  const own = onDays(recalls(), timeZone);
  const elsewhere = withoutShown(others, [...own, ...whole]);
  let recalled = elsewhere.length > 0 ? chooseRecalled(own, elsewhere, budget.recall) : own;
  if (budget.window === undefined) {
    const unused = budget.recall - Math.max(0, blockTokens(recalled) - RECALL_OVERHEAD);
    const step = Math.max(1, Math.floor(room * STEP));
    if (unused >= step) plan = planFor(room + unused - (unused % step));
  }
  const window = shortened(plan);
  const at = window.findIndex(({ role }) => role === "user");
  const first = window[at];
  if (first) window[at] = { ...first, date: dayIn(first.createdAt, timeZone) };
  recalled = withoutShown(recalled, window);
  const quoted = recalled.filter((message) => !isOther(message));
  const explained = scope.explain && explain(messages, question, scope.explain, quoted, limits, beyond);
  return { window, recalled, recall: nearest ? "words+meaning" : "words", total, user, explained };
}

/** Additions of an excerpt: the marks of text that was left out, and the fences of code that was cut. */
const ADDED = /\[…\]|```.*/;

/**
 * Returns messages without those whose quotation other messages contain: copies in a fork, visible parts of a shortened
 * message, and messages of a window that has grown.
 */
const withoutShown = (recalled: RecalledMessage[], shown: readonly Message[]): RecalledMessage[] =>
  recalled.filter(
    ({ createdAt, role, content }) =>
      !shown.some(
        (one) =>
          one.createdAt === createdAt &&
          one.role === role &&
          content.split(ADDED).every((part) => one.content.includes(part.trim())),
      ),
  );

/** Adds to each quotation the day that the prompt shows for it. */
const onDays = (recalled: RecalledMessage[], timeZone: string): RecalledMessage[] =>
  recalled.map((message) => ({ ...message, date: dayIn(message.createdAt, timeZone) }));

/** As {@link readContext}, for a new session that begins with messages from the client. */
export function beginContext(
  before: readonly NewMessage[],
  budget: Budget,
  { user: known, timeZone }: Pick<Scope, "user" | "timeZone">,
): Context {
  const { user, others, tokens } = fitUserMemory(budget, known, timeZone);
  return { ...contextOf(before, Math.max(0, budget.context - tokens)), recalled: others, user };
}

/** Returns the part of a user's memory that fits beside the session's own messages, and the tokens that it takes. */
function fitUserMemory(
  budget: Budget,
  known: Scope["user"],
  timeZone: string,
): { user: UserContext | undefined; others: RecalledMessage[]; tokens: number } {
  if (!known) return { user: known === null ? { answered: false, facts: [] } : undefined, others: [], tokens: 0 };
  const facts = factsWithin(known.facts, budget.context >> 1);
  let latest = known.latest?.map((session) => ({ ...session, date: dayIn(session.lastAt, timeZone) }));
  while (latestTokens(latest) > budget.recall >> 1) latest = latest?.slice(0, -1);
  const others = within(
    onDays(known.recalled, timeZone),
    { tokens: budget.recall - latestTokens(latest) },
    quotationTokens,
  );
  const tokens = factsTokens(facts) + latestTokens(latest) + blockTokens(others);
  return { user: { answered: true, facts, latest }, others, tokens };
}

/**
 * Chooses from the session's own messages and those of other sessions, which share one budget. If only one of both
 * memories has vectors, word scores decide which messages of other sessions are chosen. The session's own messages get
 * the remaining tokens, in the order of their full score.
 */
function chooseRecalled(own: RecalledMessage[], others: RecalledMessage[], most: number): RecalledMessage[] {
  const all = [...own, ...others];
  const isFull = all.every(({ meaning }) => meaning !== undefined);
  const scoreOf = ({ words, score }: RecalledMessage) => (isFull ? score : (words ?? score));
  const best = all.sort((a, b) => scoreOf(b) - scoreOf(a));
  const better = within(best, { tokens: most }, quotationTokens).filter(isOther);
  const tokens = most - sum(better, quotationTokens);
  return [...within(own, { tokens }, quotationTokens), ...better].sort((a, b) => b.score - a.score);
}
