/** Counts the tokens that a tenant uses, in the tenant's object (TenantDO). */
import { log } from "./log";
import { type Namespace, objectOf, type Placement } from "./object-of";

/** The bindings for counting. */
export interface QuotaBindings extends Placement {
  TENANT_DO: Namespace<{ add(tokens: number): PromiseLike<void> }>;
}

/**
 * Adds to the tokens that a tenant has used today. Never rejects: if the call fails, it logs the tokens.
 * @param quota the name of the tenant's object; undefined without a quota
 */
export async function countTokens(env: QuotaBindings, quota: string | undefined, tokens: number): Promise<void> {
  if (quota === undefined || tokens === 0) return;
  try {
    await objectOf(env.TENANT_DO, quota, env).add(tokens);
  } catch (error) {
    log("error", "usage_not_counted", { meter: quota, tokens, error: String(error) });
  }
}
