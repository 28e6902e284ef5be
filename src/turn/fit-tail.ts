/** Fits the end of a prompt that tool results continue: a question, its calls and their results. */
import { sum } from "./sum";
import { estimateMessage } from "./tokens";
import type { Message, NewMessage, PromptMessage } from "./types";
import { planExchange, shortened } from "./window";

/** Returns a message of the client's with the fields that a window needs. */
export const placed = (message: NewMessage, seq: number, tokens: number): Message => ({
  ...message,
  seq,
  tokens,
  createdAt: 0,
  status: "complete",
});

const sent = ({ role, content, toolCalls, toolCallId }: Message): PromptMessage => ({
  role,
  content,
  toolCalls,
  toolCallId,
});

/**
 * Fits an open exchange into a number of tokens. Shortens its long messages in the middle, then omits older calls with
 * their results. Keeps the first question and the last calls, and never shortens a question after their results.
 * @returns null if the rest does not fit either
 */
export function fitTail(
  tail: readonly PromptMessage[],
  room: number,
): { tail: PromptMessage[]; tokens: number } | null {
  const messages = tail.map((message, at) => placed(message, at + 1, estimateMessage(message)));
  const asked = messages.length > 1 && messages.at(-1)?.role === "user" ? messages.slice(-1) : [];
  const exchange = messages.slice(0, messages.length - asked.length);
  const left = room - sum(asked, ({ tokens }) => tokens);
  const plan = planExchange(exchange, left);
  if (plan.at(-1)?.message !== exchange.at(-1)) return null;
  const fitting = [...shortened(plan), ...asked];
  return { tail: fitting.map(sent), tokens: sum(fitting, ({ tokens }) => tokens) };
}
