/** An exchange with functions: calls of the assistant and their results, which a prompt has together or not at all. */
import { failed, ok, type Result } from "./result";
import type { Ask, Called, NewMessage, PromptMessage, Role, ToolCall, ToolResult } from "./types";

interface Said extends Called {
  role: Role;
  content: string;
}

/** Whether these results are those of these calls: of all, and of no other. */
function answers(results: readonly { callId: string }[], calls: readonly ToolCall[]): boolean {
  const ids = new Set(results.map(({ callId }) => callId));
  return ids.size === calls.length && results.length === calls.length && calls.every(({ id }) => ids.has(id));
}

/** Messages without calls that lack a result, and without results that lack their call. */
export function paired<T extends Said>(messages: readonly T[]): T[] {
  if (messages.every(({ toolCalls, role }) => !toolCalls && role !== "tool")) return [...messages];
  const kept: T[] = [];
  for (let at = 0; at < messages.length; at += 1) {
    const message = messages[at];
    if (!message || message.role === "tool") continue;
    if (!message.toolCalls) {
      kept.push(message);
      continue;
    }
    const next = messages.findIndex(({ role }, index) => index > at && role !== "tool");
    const results = messages.slice(at + 1, next === -1 ? undefined : next);
    const ids = results.map(({ toolCallId = "" }) => ({ callId: toolCallId }));
    if (answers(ids, message.toolCalls)) kept.push(message, ...results);
    else if (message.content !== "") kept.push({ ...message, toolCalls: undefined });
  }
  return kept;
}

/** The end of a conversation from the last question on, where calls wait there for their results; else nothing. */
export function openExchange<T extends Said>(messages: readonly T[]): T[] {
  if (!messages.at(-1)?.toolCalls) return [];
  const start = messages.findLastIndex(({ role }) => role === "user");
  return start === -1 ? [] : messages.slice(start);
}

const promptMessage = ({ role, content, toolCalls, toolCallId }: Said): PromptMessage => ({
  role,
  content,
  toolCalls,
  toolCallId,
});

export const resultMessage = ({ callId, content }: ToolResult): NewMessage => ({
  role: "tool",
  content,
  toolCallId: callId,
});

/**
 * What is asked where results came: the question that waits for them, or a new one behind it.
 * @param open see {@link openExchange}
 */
export function goOn(ask: Ask, open: readonly Said[], results: ToolResult[]): Result<Ask> {
  const calls = open.at(-1)?.toolCalls;
  if (!calls || !answers(results, calls)) return failed({ reason: "tool_results_unexpected" });
  const tail = [...paired([...open, ...results.map(resultMessage)].map(promptMessage))];
  if (ask.question !== "") tail.push({ role: "user", content: ask.question });
  return ok({ ...ask, question: ask.question || (open[0]?.content ?? ""), tail });
}
