/** What of the memory goes into one prompt, within a token budget. */
import type { Budget, Context, Message } from "../turn/ports";
import type { Messages } from "./messages";

/** The recent window that fits the budget, beginning with a user message. */
export function readContext(messages: Messages, budget: Budget): Context {
  const window: Message[] = [];
  let used = 0;
  for (const message of messages.newestFirst()) {
    used += message.tokens;
    if (used > budget.context) break;
    window.unshift(message);
  }
  const total = messages.info().messages;
  if (window.length < total) {
    const start = window.findIndex((message) => message.role === "user");
    window.splice(0, start === -1 ? window.length : start);
  }
  return { window, recalled: [], total };
}
