import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv, Caller, Env } from "../env";
import { type Settings, settingsOf } from "../settings";
import type { AnyFailure } from "../wire/problem";
import { FailureError } from "./respond";
import { readSessionToken } from "./session-token";

/** The one route that a browser calls without headers, by its EventSource. */
const FOLLOWS = /^\/sessions\/[^/]+\/turns\/[^/]+\/stream$/;

/**
 * Lets those in who hold a token (`Authorization: Bearer` or `X-API-Key`), as its tenant. Without tokens configured
 * nobody is let in, unless AUTH is `off`. Limits the requests of a tenant, of each of its session tokens' users or
 * sessions, and the wrong tokens of an address.
 */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  const settings = settingsOf(c.env);
  c.set("caller", { tenant: "", digest: "" });
  if (settings.AUTH === "off") return next();
  if (settings.API_TOKENS.length === 0) throw new FailureError({ reason: "not_configured" });
  const caller = await callerOf(c, settings);
  if ("reason" in caller) {
    const address = c.req.header("cf-connecting-ip") ?? "";
    await within(c.env.FAILURE_RATE, address, "too_many_failures");
    throw new FailureError(caller);
  }
  c.set("caller", caller);
  await limitCaller(c.env, caller);
  return next();
});

/**
 * Counts a request against the caller's rate. Session tokens are counted by user or sessions first, and together
 * beside their tenant's API tokens: one browser cannot use up its tenant's rate, nor can all browsers that of its servers.
 */
async function limitCaller({ SESSION_RATE, TENANT_RATE }: Env, caller: Caller): Promise<void> {
  const { tenant, sessions, userId } = caller;
  if (sessions === undefined && userId === undefined) return within(TENANT_RATE, tenant, "too_many_requests");
  const named = userId === undefined ? ["sessions", ...(sessions ?? []).toSorted()] : ["user", userId];
  await within(SESSION_RATE, await digestOf(JSON.stringify([tenant, ...named])), "too_many_requests");
  // No tenant's name has a slash.
  await within(TENANT_RATE, `${tenant}/browsers`, "too_many_requests");
}

/** Returns a key of fixed length: 32 session ids have up to 4,096 characters. */
async function digestOf(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

async function callerOf(c: Context<AppEnv>, settings: Settings): Promise<Caller | AnyFailure> {
  const { API_TOKENS, SESSION_KEY } = settings;
  const bearer = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  const token = bearer ?? c.req.header("x-api-key") ?? "";
  const given = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  // All are compared, each in the same time, so that time tells nothing about a digest.
  const [holder] = API_TOKENS.filter(({ bytes }) => crypto.subtle.timingSafeEqual(given, bytes));
  // No token is none, even where the list holds the digest of nothing: an unset variable is easily hashed.
  if (holder && token !== "") return { tenant: holder.tenant, digest: holder.digest };
  const queried = c.req.method === "GET" && FOLLOWS.test(c.req.path) ? c.req.query("access_token") : undefined;
  const claims = SESSION_KEY && (await readSessionToken(token || (queried ?? ""), SESSION_KEY));
  if (claims === "expired") return { reason: "token_expired" };
  const maker = claims && API_TOKENS.find(({ digest }) => digest === claims.digest);
  if (!maker) return { reason: "unauthorized" };
  return { tenant: maker.tenant, digest: maker.digest, sessions: claims.sessions, userId: claims.userId };
}

/** Counts something against a rate; without the binding nothing is limited. */
async function within(rate: RateLimit | undefined, key: string, reason: "too_many_failures" | "too_many_requests") {
  if (rate && !(await rate.limit({ key })).success) throw new FailureError({ reason });
}
