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
  type PromptMessage,
  type Result,
  type Usage,
} from "./ports";
import { type FittedPrompt, fitPrompt, memoryUsed, RECALL_OVERHEAD } from "./prompt";
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

/** The exact prompt that an ask would send now, and why. */
export interface Preview {
  messages: PromptMessage[];
  promptTokens: number;
  budget: Budget & { reply: number; window: number };
  context: Context;
}

/** Sizes that a preview may try, in tokens; those of the settings where they are absent. */
export interface Sizes {
  recallTokens?: number | undefined;
  windowTokens?: number | undefined;
}

/** Shows what a question would be asked with; null where it does not fit the model's window. */
export async function preview(memory: Memory, model: Model, ask: Ask, sizes: Sizes): Promise<Result<Preview>> {
  const base = contextBudget(ask, model.window);
  const recall = Math.min(sizes.recallTokens ?? base.recall, base.context);
  const window = Math.min(sizes.windowTokens ?? base.context, base.context - recall);
  const given = { ...base, recall, ...(sizes.windowTokens !== undefined && { window }) };
  using context = await memory.context(ask.question, given);
  const prompt = promptFor(ask, context);
  const messages = prompt.call.prompt(model.window);
  if (!messages) return failed({ reason: "prompt_too_long" });
  return ok({
    messages,
    promptTokens: estimatePrompt(messages),
    budget: { ...given, window, reply: ask.maxTokens },
    context: prompt.sent().context,
  });
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
