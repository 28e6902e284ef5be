/** Pairs function calls with their results: a prompt has both or neither. */
import { speakerOf } from "./prompt-blocks";
import { failed, ok, type Result } from "./result";
import { sum } from "./sum";
import { estimateMessage } from "./tokens";
import type { NewMessage, PromptInput, PromptMessage, ToolCall, ToolResult } from "./types";

/** Returns whether there is exactly one result for each call, and no other result. */
function answers(results: readonly (string | undefined)[], calls: readonly ToolCall[]): boolean {
  const ids = new Set(results);
  return ids.size === calls.length && results.length === calls.length && calls.every(({ id }) => ids.has(id));
}

/** Splits messages before each one that begins a new group. */
export function groups<T>(messages: readonly T[], begins: (message: T) => boolean): T[][] {
  const result: T[][] = [];
  for (const message of messages) {
    const last = result.at(-1);
    if (last && !begins(message)) last.push(message);
    else result.push([message]);
  }
  return result;
}

/** Splits messages into parts that a prompt may leave out alone: a message, or a call with its results. */
export const partsOf = <T extends PromptMessage>(messages: readonly T[]): T[][] =>
  groups(messages, ({ role }) => role !== "tool");

/** Returns messages without calls that lack a result, and without results that lack their call. */
export function paired<T extends PromptMessage>(messages: readonly T[]): T[] {
  // Most conversations have none, and each ask pairs its window.
  if (messages.every(({ toolCalls, role }) => !toolCalls && role !== "tool")) return [...messages];
  return partsOf(messages).flatMap(([message, ...results]): T[] => {
    if (!message || message.role === "tool") return [];
    if (!message.toolCalls) return [message];
    const ids = results.map(({ toolCallId }) => toolCallId);
    if (answers(ids, message.toolCalls)) return [message, ...results];
    return message.content === "" ? [] : [{ ...message, toolCalls: undefined }];
  });
}

/** Returns the messages from the last question on if they end with calls; else none. */
function openExchange<T extends PromptMessage>(messages: readonly T[]): T[] {
  if (!messages.at(-1)?.toolCalls) return [];
  const start = messages.findLastIndex(({ role }) => role === "user");
  return start === -1 ? [] : messages.slice(start);
}

/** Returns the messages of a turn before its answer: tool results, then the question, if the turn has one. */
export function messagesBeforeAnswer(
  results: ToolResult[],
  question: string,
  createdAt: number,
  asked: Pick<NewMessage, "name" | "tokens"> = {},
): NewMessage[] {
  const messages = results.map(
    ({ callId, content }): NewMessage => ({ role: "tool", content, toolCallId: callId, createdAt }),
  );
  if (question !== "") messages.push({ ...asked, role: "user", content: question, createdAt });
  return messages;
}

/**
 * Adds tool results to a question: its prompt then ends with the question of the calls, the calls and their results.
 * @returns `before`: the history before that; `tool_results_unexpected` if the history does not end with these calls
 */
export function withResults<T extends PromptMessage & Pick<NewMessage, "name">>(
  input: PromptInput,
  history: readonly T[],
  results: ToolResult[],
): Result<{ input: PromptInput; before: readonly T[] }> {
  if (results.length === 0) return ok({ input, before: history });
  const open = openExchange(history);
  const calls = open.at(-1)?.toolCalls;
  const ids = results.map(({ callId }) => callId);
  if (!calls || !answers(ids, calls)) return failed({ reason: "tool_results_unexpected" });
  const own = messagesBeforeAnswer(results, input.question, 0, { name: input.name });
  const tail = paired<T | NewMessage>([...open, ...own]).map((message): PromptMessage => {
    const { role, content, toolCalls, toolCallId } = message;
    return { role, content: speakerOf(message) + content, toolCalls, toolCallId };
  });
  const tailTokens = sum(tail, estimateMessage);
  const question = input.question || (open[0]?.content ?? "");
  return ok({
    input: { ...input, question, tail, tailTokens },
    before: history.slice(0, history.length - open.length),
  });
}
