/** The tokens of a call, as the model counts them, and estimated where its count is none. */
import { estimateTokens } from "../turn/tokens";
import type { Usage } from "../turn/types";
import { fieldsOf } from "./json";

/** Counts of a reply; each is absent unless it is a positive whole number. */
export interface UsageReport {
  promptTokens?: number | undefined;
  completionTokens?: number | undefined;
  cachedTokens?: number | undefined;
}

const countOf = (value: unknown) =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;

export function usageReportOf(usage: unknown): UsageReport {
  const fields = fieldsOf(usage);
  return {
    promptTokens: countOf(fields.prompt_tokens),
    completionTokens: countOf(fields.completion_tokens),
    cachedTokens: countOf(fieldsOf(fields.prompt_tokens_details).cached_tokens),
  };
}

/** Adds the counts of a later report; a count that it lacks stays. */
export const mergedUsage = (known: UsageReport, later: UsageReport): UsageReport => ({
  promptTokens: later.promptTokens ?? known.promptTokens,
  completionTokens: later.completionTokens ?? known.completionTokens,
  cachedTokens: later.cachedTokens ?? known.cachedTokens,
});

/**
 * Returns the usage of a call.
 * @param prompt estimated tokens of its prompt
 * @param said all that the model said: answer, reasoning and calls
 */
export function usageOf(report: UsageReport, prompt: number, said: string): Usage {
  const { promptTokens = prompt, completionTokens = estimateTokens(said), cachedTokens } = report;
  return {
    promptTokens,
    completionTokens,
    totalTokens: promptTokens + completionTokens,
    ...(cachedTokens !== undefined && { cachedTokens: Math.min(cachedTokens, promptTokens) }),
  };
}
