/** Determines the tokens of a call: the model's counts, or estimates for missing ones. */
import { estimateTokens } from "../turn/tokens";
import type { Usage } from "../turn/types";
import { fieldsOf } from "./json";

/** The counts in a reply. Counts other than positive integers below a billion are omitted: no export could contain their sum. */
export interface UsageReport {
  promptTokens?: number | undefined;
  completionTokens?: number | undefined;
  cachedTokens?: number | undefined;
}

const countOf = (value: unknown) =>
  typeof value === "number" && Number.isInteger(value) && value > 0 && value < 1e9 ? value : undefined;

export function usageReportOf(usage: unknown): UsageReport {
  const fields = fieldsOf(usage);
  return {
    promptTokens: countOf(fields.prompt_tokens),
    completionTokens: countOf(fields.completion_tokens),
    cachedTokens: countOf(fieldsOf(fields.prompt_tokens_details).cached_tokens),
  };
}

/** Merges two reports. The later one's counts win; missing ones keep their earlier values. */
export const mergedUsage = (known: UsageReport, later: UsageReport): UsageReport => ({
  promptTokens: later.promptTokens ?? known.promptTokens,
  completionTokens: later.completionTokens ?? known.completionTokens,
  cachedTokens: later.cachedTokens ?? known.cachedTokens,
});

/**
 * Returns the usage of a call.
 * @param prompt estimated tokens of the prompt
 * @param said the model's whole output: answer, reasoning and calls
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
