/** What a tenant uses of the model is counted by an object of its own: its meter, UsageDO. */
import { log } from "./log";

/** The objects that count, as the Worker and the objects that use something know them. */
export interface Quotas {
  getByName(name: string): { add(tokens: number): PromiseLike<void> };
}

/**
 * Adds to what a tenant has used today. What cannot be counted is told to the operator; what was used stands.
 * @param meter the name of the object that counts; undefined where nobody wants to know
 */
export async function countUsage(quotas: Quotas, meter: string | undefined, tokens: number): Promise<void> {
  if (meter === undefined || tokens === 0) return;
  try {
    await quotas.getByName(meter).add(tokens);
  } catch (error) {
    log("error", "usage_not_counted", { meter, tokens, error: String(error) });
  }
}
