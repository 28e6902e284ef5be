/** Counts the tokens that a tenant uses, in the tenant's object (TenantDO). */
import { log } from "./log";

/** The namespace of tenants' objects. */
export interface Quotas {
  getByName(name: string): { add(tokens: number): PromiseLike<void> };
}

/**
 * Adds to the tokens that a tenant has used today. Never rejects: if the call fails, it logs the tokens.
 * @param quota the name of the tenant's object; undefined without a quota
 */
export async function countTokens(quotas: Quotas, quota: string | undefined, tokens: number): Promise<void> {
  if (quota === undefined || tokens === 0) return;
  try {
    await quotas.getByName(quota).add(tokens);
  } catch (error) {
    log("error", "usage_not_counted", { meter: quota, tokens, error: String(error) });
  }
}
