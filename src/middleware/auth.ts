import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv, Caller } from "../env";
import { type Settings, settingsOf } from "../settings";
import { fingerprintOf } from "../turn/fingerprint";
import type { AnyFailure } from "../wire/problem";
import { FailureError } from "./respond";
import { rulesOf } from "./route";
import { isSessionToken } from "./scope";
import { readSessionToken } from "./session-token";

/**
 * Authenticates a request by its token (`Authorization: Bearer`, `X-API-Key` or `api-key`) and sets the caller. Without `API_TOKENS`
 * every request is refused, unless `AUTH` is `off`. Limits requests per tenant and per session token's user or sessions,
 * and wrong tokens per address.
 */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  const settings = settingsOf(c.env);
  c.set("caller", { tenant: "", digest: "" });
  if (settings.AUTH === "off") return next();
  if (settings.API_TOKENS.length === 0) throw new FailureError({ reason: "not_configured" });
  const caller = await callerOf(c, settings);
  if ("reason" in caller) {
    const address = c.req.header("cf-connecting-ip") ?? "";
    await countAgainst(c.env.FAILURE_RATE, address, "too_many_failures");
    throw new FailureError(caller);
  }
  c.set("caller", caller);
  await limitCaller(c);
  return next();
});

/**
 * Counts a request against the caller's rates. Session tokens count per user or sessions, and all of a tenant's session
 * tokens count apart from its API tokens: browsers cannot use up the rate of the tenant's servers.
 */
async function limitCaller(c: Context<AppEnv>): Promise<void> {
  const { SESSION_RATE, TENANT_RATE } = c.env;
  const { tenant, sessions = [], userId } = c.var.caller;
  if (!isSessionToken(c)) return countAgainst(TENANT_RATE, tenant, "too_many_requests");
  const named = userId === undefined ? ["sessions", ...sessions.toSorted()] : ["user", userId];
  // 32 session ids have up to 4,096 characters, so the key is a digest.
  await countAgainst(SESSION_RATE, await fingerprintOf(JSON.stringify([tenant, ...named])), "too_many_requests");
  // Names of tenants contain no slash.
  await countAgainst(TENANT_RATE, `${tenant}/browsers`, "too_many_requests");
}

async function callerOf(c: Context<AppEnv>, settings: Settings): Promise<Caller | AnyFailure> {
  const { API_TOKENS, SESSION_KEY } = settings;
  const bearer = /^Bearer +(\S.*)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  const token = bearer ?? c.req.header("x-api-key") ?? c.req.header("api-key") ?? "";
  const given = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  // Compares all of them in constant time, so that the duration reveals nothing about a digest.
  const [holder] = API_TOKENS.filter(({ bytes }) => crypto.subtle.timingSafeEqual(given, bytes));
  // An empty token never matches, even if API_TOKENS contains the digest of the empty text: an unset variable is easily hashed.
  if (holder && token !== "") return { tenant: holder.tenant, digest: holder.digest };
  const queried = rulesOf(c).queryToken ? c.req.query("access_token") : undefined;
  const claims = SESSION_KEY && (await readSessionToken(token || (queried ?? ""), SESSION_KEY));
  if (claims === "expired") return { reason: "token_expired" };
  const maker = claims && API_TOKENS.find(({ digest }) => digest === claims.digest);
  if (!maker) return { reason: "unauthorized" };
  return { tenant: maker.tenant, digest: maker.digest, sessions: claims.sessions, userId: claims.userId };
}

/** Counts a request against a rate. Without the binding there is no limit. */
async function countAgainst(
  rate: RateLimit | undefined,
  key: string,
  reason: "too_many_failures" | "too_many_requests",
) {
  if (rate && !(await rate.limit({ key })).success) throw new FailureError({ reason });
}
