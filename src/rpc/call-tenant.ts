/** Enforces `TENANT_TOKENS_PER_DAY`. The count is at most a few seconds old, so that no ask waits for the tenant's object. */
import type { Context } from "hono";
import type { AppEnv } from "../env";
import { secondsToMidnight } from "../llm/errors";
import { log } from "../log";
import { FailureError } from "../middleware/respond";
import { settingsOf } from "../settings";

/** Milliseconds after which an isolate reads the count again. */
const KEPT_MS = 5_000;

/** Returns the days since 1970, which begin at 00:00 UTC. */
const dayOf = (time: number) => Math.floor(time / 86_400_000);

/** The counts that this isolate has read: at most one for each tenant of `API_TOKENS`. */
const known = new Map<string, { tokens: number; at: number }>();

/** Returns the name of the object that counts the caller's tokens; undefined without a quota. */
export function quotaOf(c: Context<AppEnv>): string | undefined {
  return settingsOf(c.env).TENANT_TOKENS_PER_DAY > 0 ? `tenant/${c.var.caller.tenant}` : undefined;
}

/**
 * Fails with `tenant_allowance_spent` if the tenant has used the tokens of the day. The limit is approximate: requests in
 * flight are not counted yet, and an isolate without a count lets requests pass.
 */
export function requireQuota(c: Context<AppEnv>): void {
  const quota = quotaOf(c);
  if (quota === undefined) return;
  const now = Date.now();
  const last = known.get(quota);
  if (!last || now - last.at >= KEPT_MS) c.executionCtx.waitUntil(readCount(c, quota, now));
  const isToday = last && dayOf(last.at) === dayOf(now);
  if (isToday && last.tokens >= settingsOf(c.env).TENANT_TOKENS_PER_DAY) {
    throw new FailureError({ reason: "tenant_allowance_spent", retryAfter: secondsToMidnight(now) });
  }
}

async function readCount(c: Context<AppEnv>, quota: string, at: number): Promise<void> {
  try {
    known.set(quota, { tokens: await c.env.TENANT_DO.getByName(quota).today(), at });
  } catch (error) {
    log("error", "usage_unknown", { meter: quota, error: String(error) });
  }
}
