/** Counts the tokens that a tenant uses. The counter is an object per tenant. */
import { log } from "./log";

/** The namespace of the counters. */
export interface Quotas {
  getByName(name: string): { add(tokens: number): PromiseLike<void> };
}

/**
 * Adds to the tokens that a tenant has used today. If it fails, it logs the tokens and does not throw.
 * @param meter the name of the counter; undefined if no limit is set
 */
export async function countUsage(quotas: Quotas, meter: string | undefined, tokens: number): Promise<void> {
  if (meter === undefined || tokens === 0) return;
  try {
    await quotas.getByName(meter).add(tokens);
  } catch (error) {
    log("error", "usage_not_counted", { meter, tokens, error: String(error) });
  }
}
