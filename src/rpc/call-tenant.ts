/** `TENANT_TOKENS_PER_DAY`: what of it is spent is known from a moment ago, so that no ask waits to hear it. */
import type { Context } from "hono";
import type { AppEnv } from "../env";
import { secondsToMidnight } from "../llm/errors";
import { log } from "../log";
import { FailureError } from "../middleware/respond";
import { settingsOf } from "../settings";

/** Milliseconds after which an isolate looks again. */
const KEPT_MS = 5_000;

/** Days since 1970, which begin at 00:00 UTC. */
const dayOf = (time: number) => Math.floor(time / 86_400_000);

/** The tokens that tenants had used when this isolate last looked: as many as there are tenants in `API_TOKENS`. */
const known = new Map<string, { tokens: number; at: number }>();

/** The name of the object that counts the caller's tokens; undefined where nothing is counted. */
export function meterOf(c: Context<AppEnv>): string | undefined {
  return settingsOf(c.env).TENANT_TOKENS_PER_DAY > 0 ? `tenant/${c.var.caller.tenant}` : undefined;
}

/** Refuses who has spent the day's tokens; what is in flight meanwhile, and in isolates that have not looked, passes. */
export function requireAllowance(c: Context<AppEnv>): void {
  const meter = meterOf(c);
  if (meter === undefined) return;
  const now = Date.now();
  const last = known.get(meter);
  if (!last || now - last.at >= KEPT_MS) c.executionCtx.waitUntil(look(c, meter, now));
  const isToday = last && dayOf(last.at) === dayOf(now);
  if (isToday && last.tokens >= settingsOf(c.env).TENANT_TOKENS_PER_DAY) {
    throw new FailureError({ reason: "tenant_allowance_spent", retryAfter: secondsToMidnight(now) });
  }
}

async function look(c: Context<AppEnv>, meter: string, at: number): Promise<void> {
  try {
    known.set(meter, { tokens: await c.env.USAGE_DO.getByName(meter).today(), at });
  } catch (error) {
    log("error", "usage_unknown", { meter, error: String(error) });
  }
}
