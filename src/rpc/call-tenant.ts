/** Calls of tenants' objects, and the quota `TENANT_TOKENS_PER_DAY`. An isolate keeps the count of used tokens for a moment, so that no ask waits for it. */
import type { Context } from "hono";
import type { AppEnv, Env } from "../env";
import { secondsToMidnight } from "../llm/errors";
import { log } from "../log";
import { FailureError } from "../middleware/respond";
import { objectOf } from "../object-of";
import { settingsOf } from "../settings";
import { callObject } from "./call-object";

/** Milliseconds for which an isolate keeps a count. */
const KEPT_MS = 5_000;

/** Days since 1970, which begin at 00:00 UTC. */
const dayOf = (time: number) => Math.floor(time / 86_400_000);

/** The used tokens of each tenant, as last read or requested. `API_TOKENS` bounds the number of tenants. */
const counts = new Map<string, { tokens: number; at: number }>();

const tenantName = (c: Context<AppEnv>) => `tenant/${c.var.caller.tenant}`;

/** Returns the name of the object that counts the caller's tokens; undefined without a quota. */
export function quotaOf(c: Context<AppEnv>): string | undefined {
  return settingsOf(c.env).TENANT_TOKENS_PER_DAY > 0 ? tenantName(c) : undefined;
}

type Stub = ReturnType<Env["TENANT_DO"]["getByName"]>;

/** Calls the object of the caller's tenant. Throws `directory_off` without a directory. */
export function callTenant<R>(c: Context<AppEnv>, call: (stub: Stub) => R): Promise<Awaited<R>> {
  if (settingsOf(c.env).DIRECTORY === "off") throw new FailureError({ reason: "directory_off" });
  return callObject(c, () => objectOf(c.env.TENANT_DO, tenantName(c), c.env), call);
}

/** Throws `tenant_allowance_spent` if the day's tokens are used up. Requests that run meanwhile may exceed the quota. */
export function requireQuota(c: Context<AppEnv>): void {
  const meter = quotaOf(c);
  if (meter === undefined) return;
  const now = Date.now();
  const last = counts.get(meter);
  const tokens = last && dayOf(last.at) === dayOf(now) ? last.tokens : 0;
  if (!last || now - last.at >= KEPT_MS) {
    // Requests that come before the reply do not read the count again.
    counts.set(meter, { tokens, at: now });
    c.executionCtx.waitUntil(readCount(c, meter, now));
  }
  if (tokens >= settingsOf(c.env).TENANT_TOKENS_PER_DAY) {
    throw new FailureError({ reason: "tenant_allowance_spent", retryAfter: secondsToMidnight(now) });
  }
}

async function readCount(c: Context<AppEnv>, meter: string, at: number): Promise<void> {
  try {
    counts.set(meter, { tokens: await objectOf(c.env.TENANT_DO, meter, c.env).today(), at });
  } catch (error) {
    log("error", "usage_unknown", { meter, error: String(error) });
  }
}
