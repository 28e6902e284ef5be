/** The exact prompt that a question would send to the model, without a turn. */
import { budgetOf, promptOf } from "./budget";
import { failed, ok, type Result } from "./result";
import type { Budget, Context, PromptInput, PromptMessage, PromptShares } from "./types";

/** A prompt with the budget and the context that it was built from. */
export interface Preview {
  messages: PromptMessage[];
  promptTokens: number;
  budget: Budget & { reply: number; window: number };
  context: Context;
  shares: PromptShares | undefined;
}

/** Options of a preview. Sizes replace the settings, in tokens. */
export interface PreviewOptions {
  recallTokens?: number | undefined;
  windowTokens?: number | undefined;
  /** The messages to explain, by `seq`. */
  explain?: number[] | undefined;
}

/** Builds the prompt of a question. Fails with `prompt_too_long` if the question does not fit the model's window. */
export function preview(
  input: PromptInput,
  modelWindow: number,
  { recallTokens, windowTokens }: PreviewOptions,
  read: (budget: Budget) => Context,
): Result<Preview> {
  const base = budgetOf(input, modelWindow);
  const recall = Math.min(recallTokens ?? base.recall, base.context);
  const window = Math.min(windowTokens ?? base.context, base.context - recall);
  const budget = { ...base, recall, ...(windowTokens !== undefined && { window }) };
  const prompt = promptOf(input, read(budget), modelWindow);
  if (!prompt) return failed({ reason: "prompt_too_long" });
  const { messages, tokens, context, shares } = prompt;
  return ok({ messages, promptTokens: tokens, budget: { ...budget, window }, context, shares });
}
