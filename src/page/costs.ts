/** Prices of answers, in US dollars at the list price of their model. */
import type { Model, Turn } from "./api";
import { countText } from "./text-format";

type Usage = Pick<Turn["usage"], "promptTokens" | "completionTokens">;

/** Returns a price, or undefined if the model has no list price. */
export function dollarsOf(model: string, usage: Usage, models: Model[]): number | undefined {
  const pricing = models.find(({ id }) => id === model)?.pricing;
  if (!pricing) return undefined;
  return (usage.promptTokens * pricing.prompt + usage.completionTokens * pricing.completion) / 1_000_000;
}

export const priceText = (dollars: number): string => `$${dollars.toPrecision(2)} at list price`;

/** The sums of a model's answers. */
interface ModelCosts extends Usage {
  model: string;
  answers: number;
}

/** Sums up the answers of a session by model. @param lines the session's export as NDJSON */
export function costsOf(lines: string): ModelCosts[] {
  const sums = new Map<string, ModelCosts>();
  for (const line of lines.split("\n")) {
    const { turn }: { turn?: Pick<Turn, "model"> & { usage: Usage } } = line === "" ? {} : JSON.parse(line);
    // A turn that ended before a model was called cost nothing.
    if (!turn || turn.model === "") continue;
    const sum = sums.get(turn.model) ?? { model: turn.model, answers: 0, promptTokens: 0, completionTokens: 0 };
    sums.set(turn.model, {
      ...sum,
      answers: sum.answers + 1,
      promptTokens: sum.promptTokens + turn.usage.promptTokens,
      completionTokens: sum.completionTokens + turn.usage.completionTokens,
    });
  }
  return [...sums.values()];
}

/** Describes the costs of one model. */
export function costsText(costs: ModelCosts, models: Model[]): string {
  const dollars = dollarsOf(costs.model, costs, models);
  const parts = [
    countText(costs.answers, "answer"),
    `prompts ${countText(costs.promptTokens, "token")}`,
    `answers ${countText(costs.completionTokens, "token")}`,
    dollars === undefined ? undefined : priceText(dollars),
  ];
  return parts.filter((part) => part !== undefined).join(" · ");
}
