/**
 * The window of a prompt: the newest messages of a transcript within a number of tokens.
 *
 * A window consists of whole exchanges, so it begins with a user message, and every call has its results. It always
 * contains the last exchange, shortened if necessary. Older exchanges are added as long as they fit; a long message of
 * an older exchange takes at most its share. The start moves in steps, so that the head of the prompt stays the same
 * for several turns, as a model's prefix cache requires.
 */
import { lineTokens } from "./prompt-blocks";
import { leastTokens, shortenMessage } from "./shorten-message";
import { sum } from "./sum";
import { groups, paired, partsOf } from "./tool-calls";
import type { Message } from "./types";

/** A message of an older exchange is shortened to this share of the window before the window ends there. */
const SHARE = 1 / 4;
/** Shortened messages grow again into unused room, in steps of this share of the window. */
const GROWTH = 1 / 32;
/** The start moves by this share of the window. */
const STEP = 3 / 32;
/** A start is aligned to a step unless that leaves more than this share of the window unused. */
const UNUSED = 5 / 32;

/** A message of a window, and the most tokens that it may take there. */
export interface Planned {
  message: Message;
  most: number;
}

/** Returns the start of the last exchange: the last user message that has an answer, else the last user message. */
function lastExchange(messages: readonly Message[]): number {
  const answer = messages.findLastIndex(({ role }) => role === "assistant");
  const question = messages.findLastIndex(({ role }, at) => role === "user" && at < answer);
  if (question !== -1) return question;
  const asked = messages.findLastIndex(({ role }) => role === "user");
  return asked === -1 ? Math.max(0, messages.length - 1) : asked;
}

/** Exchanges, each from a user message to the next one; the first may begin with another message. */
const exchangesOf = (messages: readonly Message[]) => groups(messages, ({ role }) => role === "user");

const costOf = (messages: readonly Message[]) => sum(messages, lineTokens);
const atMost = (level: number) => (message: Message) =>
  Math.min(lineTokens(message), Math.max(level, leastTokens(message)));
const plannedCost = (plan: readonly Planned[]) => sum(plan, ({ message, most }) => Math.min(lineTokens(message), most));

/** Returns the largest limit of tokens per message at which messages fit a room; Infinity if they fit unshortened. */
function levelFor(messages: readonly Message[], room: number): number {
  let left = room;
  const costs = messages.map(lineTokens).sort((a, b) => a - b);
  for (const [at, cost] of costs.entries()) {
    const level = Math.floor(left / (costs.length - at));
    if (cost > level) return level;
    left -= cost;
  }
  return Number.POSITIVE_INFINITY;
}

const planAt = (messages: readonly Message[], level: number): Planned[] =>
  messages.map((message) => ({ message, most: Math.max(level, leastTokens(message)) }));

/**
 * Plans an exchange within a number of tokens: its first part and the newest others, long messages shortened.
 * Plans nothing if neither its first nor its last part fits.
 */
export function planExchange(exchange: readonly Message[], room: number): Planned[] {
  const [first = [], ...others] = partsOf(exchange);
  const kept: Message[][] = [];
  let left = room - sum(first, leastTokens);
  for (const part of others.toReversed()) {
    left -= sum(part, leastTokens);
    if (left < 0 && kept.length > 0) break;
    kept.unshift(part);
  }
  for (const parts of [[first, ...kept], [first, ...kept.slice(-1)], kept.slice(-1), [first]]) {
    const messages = parts.flat();
    // No level would end the loop below.
    if (messages.length === 0) continue;
    let level = levelFor(messages, room);
    let plan = planAt(messages, level);
    // Messages that cannot be shortened to the level take more, and the others less.
    while (plannedCost(plan) > room && level > 1) {
      level = Math.floor(level * 0.8);
      plan = planAt(messages, level);
    }
    if (plannedCost(plan) <= room) return plan;
  }
  return [];
}

/** Rounds a room down by at most a thirty-second, so that a longer question does not move the window's start. */
function rounded(room: number): number {
  const piece = 2 ** Math.max(0, Math.floor(Math.log2(room / 32)));
  return room - (room % piece);
}

/** Plans older exchanges within the room that the last one leaves: long messages take at least their share. */
function planOlder(exchanges: Message[][], left: number, room: number): Planned[] {
  const messages = exchanges.flat();
  const level = levelFor(messages, left);
  if (level === Number.POSITIVE_INFINITY) return planAt(messages, level);
  const step = Math.max(1, Math.floor(room * GROWTH));
  return planAt(messages, Math.max(Math.floor(room * SHARE), level - (level % step)));
}

/**
 * Plans the newest of these messages within a number of tokens.
 * @param messages the end of a transcript, oldest first
 * @param before estimated tokens of the transcript before these messages
 */
export function planWindow(messages: readonly Message[], tokens: number, before = 0): Planned[] {
  if (tokens <= 0) return [];
  const all = paired(messages);
  if (costOf(all) <= tokens) return fromUser(planAt(all, Number.POSITIVE_INFINITY), before);
  const room = rounded(tokens);
  const cap = atMost(Math.floor(room * SHARE));
  const start = lastExchange(all);
  const last = planExchange(all.slice(start), room);
  const lastCost = plannedCost(last);
  const older = exchangesOf(all.slice(0, start));
  let left = room - lastCost;
  let from = older.length;
  while (from > 0 && sum(older[from - 1] ?? [], cap) <= left) {
    from -= 1;
    left -= sum(older[from] ?? [], cap);
  }
  const aligned = alignedStart(older, { from, left, room, before });
  if (aligned !== undefined)
    return fromUser([...planOlder(older.slice(aligned), room - lastCost, room), ...last], before);
  // Large exchanges: a part of the next one fills the rest, in whole steps.
  const step = Math.max(1, Math.floor(room * STEP));
  const next = from > 0 ? planExchange(older[from - 1] ?? [], left - (left % step)) : [];
  const rest = planOlder(older.slice(from), room - lastCost - plannedCost(next), room);
  return fromUser([...next, ...rest, ...last], before);
}

/** Returns the index of the first exchange that begins a new step; undefined if too much room would stay unused. */
function alignedStart(
  older: Message[][],
  { from, left, room, before }: { from: number; left: number; room: number; before: number },
): number | undefined {
  if (from === 0 && before === 0) return 0;
  const step = Math.max(1, Math.floor(room * STEP));
  const cap = atMost(Math.floor(room * SHARE));
  let position = before + costOf(older.slice(0, from).flat());
  let unused = left;
  for (let at = from; at <= older.length && unused <= room * UNUSED; at += 1) {
    const previous = position - costOf(older[at - 1] ?? []);
    if (Math.floor(position / step) !== Math.floor(previous / step)) return at;
    position += costOf(older[at] ?? []);
    unused += sum(older[at] ?? [], cap);
  }
  return undefined;
}

/** Drops messages before the first user message. Keeps all without a user message, or if the transcript begins here. */
function fromUser(plan: Planned[], before: number): Planned[] {
  const first = plan.findIndex(({ message }) => message.role === "user");
  return first === -1 || (before === 0 && plan[0]?.message.seq === 1) ? plan : plan.slice(first);
}

/** Returns whether a prompt shortens a planned message. */
export const isShortened = ({ message, most }: Planned): boolean => lineTokens(message) > most;

/** Returns the messages of a plan, long ones shortened. */
export const shortened = (plan: readonly Planned[]): Message[] =>
  plan.map(({ message, most }) => shortenMessage(message, most));

/** Returns the newest of these messages within a number of tokens; see {@link planWindow}. */
export const fitWindow = (messages: readonly Message[], tokens: number, before = 0): Message[] =>
  shortened(planWindow(messages, tokens, before));
