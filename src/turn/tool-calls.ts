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

/** The end of a conversation from its last question on, where calls wait there for their results; else nothing. */
function openExchange<T extends Said>(messages: readonly T[]): T[] {
  if (!messages.at(-1)?.toolCalls) return [];
  const start = messages.findLastIndex(({ role }) => role === "user");
  return start === -1 ? [] : messages.slice(start);
}

/** What a turn says before its answer: what functions returned, then its question, where it has one of its own. */
export function saidOf(results: ToolResult[], question: string, createdAt: number, tokens?: number): NewMessage[] {
  const said = results.map(({ callId, content }): NewMessage => {
    return { role: "tool", content, toolCallId: callId, createdAt };
  });
  if (question !== "") said.push({ role: "user", content: question, createdAt, tokens });
  return said;
}

/**
 * What is asked: where results came, the question whose calls wait for them, or a new one behind it.
 * @returns the ask with all that its prompt ends with, and what was said before that
 */
export function goOn<T extends Said>(
  ask: Ask,
  history: readonly T[],
  results: ToolResult[],
): Result<{ ask: Ask; before: readonly T[] }> {
  if (results.length === 0) return ok({ ask, before: history });
  const open = openExchange(history);
  const calls = open.at(-1)?.toolCalls;
  if (!calls || !answers(results, calls)) return failed({ reason: "tool_results_unexpected" });
  const tail = paired<Said>([...open, ...saidOf(results, ask.question, 0)]).map(
    ({ role, content, toolCalls, toolCallId }): PromptMessage => ({ role, content, toolCalls, toolCallId }),
  );
  const question = ask.question || (open[0]?.content ?? "");
  return ok({ ask: { ...ask, question, tail }, before: history.slice(0, history.length - open.length) });
}
