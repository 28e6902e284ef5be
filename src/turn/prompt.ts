/** Builds the messages for the model, and fits a context to a number of tokens. */

import {
  blockTokens,
  contentOf,
  factsBlock,
  factsTokens,
  isOther,
  latestTokens,
  lineTokens,
  quotation,
  RECORD,
  recalledBlock,
  speakerOf,
} from "./prompt-blocks";
import { sum } from "./sum";
import { paired } from "./tool-calls";
import type { Context, MemoryUsed, Message, PromptMessage, PromptShares, WindowUsed } from "./types";
import { fitWindow } from "./window";

export interface PromptParts {
  systemPrompt: string;
  context: Context;
  question: string;
  name?: string | undefined;
  /** Replaces the question: an earlier question that continues, with its calls and their results. */
  tail?: PromptMessage[] | undefined;
}

/**
 * Converts a message of the window. A user's message begins with its speaker's name, if it has one. An answer does not,
 * because the model would imitate it. A system message that a client appended is quoted: only the operator and the
 * request give instructions.
 */
function line(message: Message): PromptMessage {
  if (message.role === "system") return { role: "user", content: [RECORD, ...quotation(message)].join("\n") };
  const { role, toolCalls, toolCallId } = message;
  const date = message.date === undefined ? "" : `[${message.date}] `;
  return {
    role,
    content: date + speakerOf(message) + contentOf(message),
    toolCalls,
    toolCallId,
  };
}

/** Returns the operator's system prompt, followed by the request's addition, marked as the application's. */
export const systemPromptOf = (operator: string, application: string | undefined): string =>
  application === undefined ? operator : `${operator}\n\nThe application that asks adds:\n${application}`;

/**
 * Returns system prompt, window, facts of the user, recalled messages, and the question or the tail. Without a question,
 * the window is last, because the answer continues it.
 *
 * The parts that change least come first, so that the model's prefix cache serves the head of the prompt in each turn.
 */
export function buildPrompt({ systemPrompt, context, question, name, tail }: PromptParts): PromptMessage[] {
  const asked = [{ role: "user" as const, content: speakerOf({ role: "user", name }) + question }];
  const window = context.window.map(line);
  const memory = [...factsBlock(context.user?.facts), ...recalledBlock(context.recalled, context.user?.latest)];
  const system = { role: "system" as const, content: systemPrompt };
  if (question === "" && !tail) return [system, ...memory, ...window];
  return [system, ...window, ...memory, ...(tail ?? asked)];
}

/** If a context does not fit: the largest share of the room for facts, and of the rest for quotations. */
const FACTS_SHARE = 1 / 4;
const RECALL_SHARE = 1 / 2;

/** Fits a context to a number of tokens: drops the list of sessions, then the last facts and quotations, then fits the window. */
export function fitContext(
  context: Context,
  room: number,
): { context: Context; tokens: Pick<PromptShares, "facts" | "window" | "recalled"> } {
  let { recalled, user } = context;
  let window = paired(context.window);
  const inWindow = sum(window, lineTokens);
  if (inWindow + blockTokens(recalled) + latestTokens(user?.latest) + factsTokens(user?.facts) > room) {
    user = user && { ...user, latest: undefined };
    while (user && factsTokens(user.facts) > room * FACTS_SHARE) user = { ...user, facts: mostOf(user.facts) };
    const left = room - factsTokens(user?.facts);
    while (blockTokens(recalled) > left * RECALL_SHARE) recalled = mostOf(recalled);
    window = fitWindow(window, left - blockTokens(recalled));
  }
  const tokens = {
    facts: factsTokens(user?.facts),
    window: sum(window, lineTokens),
    recalled: blockTokens(recalled) + latestTokens(user?.latest),
  };
  return { context: { ...context, window, recalled, user }, tokens };
}

const mostOf = <T>(list: T[]): T[] => list.slice(0, Math.floor(list.length * 0.8));

function shortenedIn(window: Message[]): WindowUsed["shortened"] {
  if (window.every(({ leftOut }) => leftOut === undefined)) return undefined;
  return window.flatMap(({ seq, leftOut }) => (leftOut === undefined ? [] : [{ seq, leftOut }]));
}

/** Returns the report of an answer about its context. */
export function memoryUsed(
  { window, recalled, recall, total, user }: Context,
  prompt: PromptShares | undefined,
): MemoryUsed {
  const first = window[0];
  const last = window.at(-1);
  const tokensOf = ({ tokens }: Message) => tokens;
  const isInWindow = ({ seq }: Message) =>
    first !== undefined && seq >= first.seq && window.some((one) => one.seq === seq);
  return {
    tokens: sum(window, tokensOf) + sum(recalled, tokensOf) + factsTokens(user?.facts),
    window: first && last ? { fromSeq: first.seq, toSeq: last.seq, shortened: shortenedIn(window) } : null,
    recalled: recalled.map(({ seq, score, sessionId, words, meaning, from, to }) => {
      return { seq, score, sessionId, words, meaning, from, to };
    }),
    recall,
    omitted: total - window.length - recalled.filter((one) => !isOther(one) && !isInWindow(one)).length,
    prompt,
    user: user && { answered: user.answered, facts: user.facts.map(({ id }) => id) },
  };
}
