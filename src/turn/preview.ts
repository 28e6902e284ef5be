/** The exact prompt that an ask would send, without a turn. */
import { type Ask, contextBudget, promptFor } from "./budget";
import { estimatePrompt } from "./tokens";
import {
  type Budget,
  type Context,
  failed,
  type Memory,
  type Model,
  ok,
  type PromptMessage,
  type Result,
} from "./types";

/** What a question would be asked with now, and why. */
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

/** Shows what a question would be asked with; fails where it does not fit the model's window. */
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
