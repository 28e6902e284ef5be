/** A conversation that the client sends along, as the context of its next question. */
import { estimateMessage } from "./tokens";
import type { Context, Message, NewMessage } from "./types";

/** The newest messages within so many tokens; what is older is not even measured. */
export function contextOf(messages: readonly NewMessage[], tokens: number): Context {
  const window: Message[] = [];
  let left = tokens;
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at];
    if (!message) break;
    const { role, content, toolCalls, toolCallId } = message;
    const cost = message.tokens ?? estimateMessage({ content, toolCalls });
    left -= cost;
    if (left < 0) break;
    const called = { ...(toolCalls && { toolCalls }), ...(toolCallId !== undefined && { toolCallId }) };
    window.unshift({ seq: at + 1, role, content, ...called, tokens: cost, createdAt: 0, status: "complete" });
  }
  const isCut = window.length < messages.length;
  const start = isCut ? window.findIndex(({ role }) => role === "user") : 0;
  return { window: start === -1 ? [] : window.slice(start), recalled: [], recall: "words", total: messages.length };
}
