/** The exact prompt that an ask would send, without a turn. */
import { budgetOf, type MeasuredAsk, promptOf } from "./budget";
import { failed, ok, type Result } from "./result";
import type { Budget, Context, PromptMessage, PromptShares } from "./types";

/** What a question would be asked with now, and why. */
export interface Preview {
  messages: PromptMessage[];
  promptTokens: number;
  budget: Budget & { reply: number; window: number };
  context: Context;
  shares: PromptShares | undefined;
}

/** Sizes that a preview may try, in tokens; those of the settings where they are absent. */
export interface Sizes {
  recallTokens?: number | undefined;
  windowTokens?: number | undefined;
}

/** Shows what a question would be asked with; fails where it does not fit a model's window of so many tokens. */
export function preview(
  ask: MeasuredAsk,
  modelWindow: number,
  { recallTokens, windowTokens }: Sizes,
  read: (budget: Budget) => Context,
): Result<Preview> {
  const base = budgetOf(ask, modelWindow);
  const recall = Math.min(recallTokens ?? base.recall, base.context);
  const window = Math.min(windowTokens ?? base.context, base.context - recall);
  const budget = { ...base, recall, ...(windowTokens !== undefined && { window }) };
  const prompt = promptOf(ask, read(budget), modelWindow);
  if (!prompt) return failed({ reason: "prompt_too_long" });
  const { messages, tokens, context, shares } = prompt;
  return ok({ messages, promptTokens: tokens, budget: { ...budget, window }, context, shares });
}
