/** One turn: open -> prompt -> model -> remember. */
import {
  type Budget,
  type Context,
  type Failure,
  type FinishedTurn,
  failed,
  type Memory,
  type Model,
  type ModelCall,
  ok,
  type Result,
  type Usage,
} from "./ports";
import { type FittedPrompt, fitPrompt, memoryUsed } from "./prompt";
import { estimateMessage, estimatePrompt, estimateTokens, PROMPT_OVERHEAD } from "./tokens";

/** What a turn is asked with, defaults filled in. Sizes are tokens. */
export interface Ask {
  question: string;
  systemPrompt: string;
  contextTokens: number;
  recallTokens: number;
  maxTokens: number;
  temperature?: number | undefined;
}

/** A turn that is answered and remembered. */
export interface Answered extends FinishedTurn {
  turnId: string;
}

/** How many tokens of memory the prompt has room for: what system prompt, question and reply leave. */
export function contextBudget(ask: Ask, window: number): Budget {
  const taken =
    PROMPT_OVERHEAD +
    estimateMessage({ content: ask.systemPrompt }) +
    estimateMessage({ content: ask.question }) +
    ask.maxTokens;
  const context = Math.max(0, Math.min(ask.contextTokens, window) - taken);
  return { context, recall: Math.min(ask.recallTokens, context) };
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

/** Asks the model once the session's turn has come, and remembers question and answer together. */
export async function answer(memory: Memory, model: Model, ask: Ask): Promise<Result<Answered>> {
  using opening = await memory.openTurn({ question: ask.question, budget: contextBudget(ask, model.window) });
  const { turn, id, context } = opening;
  const prompt = promptFor(ask, context);
  const completion = await model.complete(prompt.call);
  if (!completion.ok) return completion;
  const { text, model: by, finishReason, usage } = completion.value;
  const finished: FinishedTurn = {
    status: "complete",
    answer: text,
    model: by,
    finishReason,
    usage: usage ?? prompt.estimatedUsage(text),
    memory: memoryUsed(prompt.sent().context),
  };
  const remembered = await turn.commit(finished);
  return remembered === "gone"
    ? failed({ reason: "turn_cancelled" } satisfies Failure)
    : ok({ turnId: id, ...finished });
}
