/** What a turn is asked with, and the prompt that comes of it. */

import { type FittedPrompt, fitPrompt, RECALL_OVERHEAD } from "./prompt";
import { estimateMessage, estimatePrompt, estimateTokens, PROMPT_OVERHEAD } from "./tokens";
import type { Budget, Context, Idempotency, ModelCall, Usage } from "./types";

/** What a turn is asked with, defaults filled in. Sizes are tokens. */
export interface Ask {
  question: string;
  systemPrompt: string;
  contextTokens: number;
  recallTokens: number;
  maxTokens: number;
  temperature?: number | undefined;
  idempotency?: Idempotency | undefined;
  onBusy?: "queue" | "reject" | undefined;
}

/** How many tokens of memory the prompt has room for: what system prompt, question and reply leave. */
export function contextBudget(ask: Ask, window: number): Budget {
  const taken =
    PROMPT_OVERHEAD +
    RECALL_OVERHEAD +
    estimateMessage({ content: ask.systemPrompt }) +
    estimateMessage({ content: ask.question }) +
    ask.maxTokens;
  const context = Math.max(0, Math.min(ask.contextTokens, window) - taken);
  return { context, recall: Math.min(ask.recallTokens, context >> 1) };
}

/** The prompt of a turn, cut to the window of whichever model is asked; remembers what was sent last. */
export function promptFor(ask: Ask, context: Context) {
  let sent: FittedPrompt = { messages: [], context };
  const call: ModelCall = {
    maxTokens: ask.maxTokens,
    temperature: ask.temperature,
    prompt(window) {
      const room = window - ask.maxTokens;
      const wanted = Math.min(room, ask.contextTokens - ask.maxTokens);
      // A question that fills CONTEXT_TOKENS by itself may still be asked where the model's window has room for it.
      const fitted =
        fitPrompt({ ...ask, context }, wanted) ??
        fitPrompt({ ...ask, context: { ...context, window: [], recalled: [] } }, room);
      if (fitted) sent = fitted;
      return fitted?.messages ?? null;
    },
  };
  return {
    call,
    sent: () => sent,
    /** For models that do not count. */
    estimatedUsage(text: string): Usage {
      const promptTokens = estimatePrompt(sent.messages);
      const completionTokens = estimateTokens(text);
      return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
    },
  };
}
