/** What of the memory goes into one prompt, within a token budget. */
import type { Budget, Context, Message } from "../../turn/types";
import type { Messages } from "../storage/messages";
import { recall } from "./ranking";

/** The window's start moves by this share of its budget at once, so that the prompt's head stays the same for a while. */
const STEPS = 4;
/** The window's budget in whole pieces, so that a longer question does not move its start. */
const PIECE = 256;

/** Of what a context is read. */
export interface Scope {
  /** How many messages there are. */
  total: number;
  /** Only those before this `seq`; all by default. */
  end?: number | undefined;
  /** The messages before a `seq` whose meaning is nearest to the question's; absent where that is not known. */
  nearest?: ((seq: number) => number[]) | undefined;
}

/**
 * The whole session where it fits; otherwise the recent window and what is recalled from before it.
 */
export function readContext(
  messages: Messages,
  question: string,
  budget: Budget,
  { total, end, nearest: nearestBefore }: Scope,
): Context {
  const { last, tokens } = messages.end(end);
  if (tokens <= budget.context && budget.window === undefined) {
    return { window: messages.behind(0, last), recalled: [], recall: "words", total };
  }
  const room = Math.min(budget.window ?? Number.POSITIVE_INFINITY, budget.context - budget.recall);
  const window = recentWindow(messages, { last, tokens }, room > 4 * PIECE ? room - (room % PIECE) : room);
  const before = window[0]?.seq ?? last + 1;
  const limits = { before, tokens: budget.recall, count: Number.POSITIVE_INFINITY };
  const nearest = nearestBefore?.(before);
  const recalled = recall(messages, question, limits, nearest);
  return { window, recalled, recall: nearest ? "words+meaning" : "words", total };
}

/** The newest messages within so many tokens, from a start that moves in steps, beginning with a user message. */
function recentWindow(messages: Messages, { last, tokens }: { last: number; tokens: number }, room: number): Message[] {
  const step = Math.max(1, Math.floor(room / STEPS));
  const start = Math.ceil(Math.max(0, tokens - room) / step) * step;
  const window = messages.behind(start, last);
  const first = window.findIndex(({ role }) => role === "user");
  return first === -1 ? [] : window.slice(first);
}
