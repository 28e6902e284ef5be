import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv, Caller } from "../env";
import { type Settings, settingsOf } from "../settings";
import type { AnyFailure } from "../wire/problem";
import { FailureError } from "./respond";
import { readSessionToken } from "./session-token";

/** The one route that a browser calls without headers, by its EventSource. */
const FOLLOWS = /^\/sessions\/[^/]+\/turns\/[^/]+\/stream$/;

/**
 * Lets those in who hold a token (`Authorization: Bearer` or `X-API-Key`), as its tenant. Without tokens configured
 * nobody is let in, unless AUTH is `off`. A tenant may ask so often a minute, and an address be wrong so often.
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
  await within(c.env.TENANT_RATE, caller.tenant, "too_many_requests");
  return next();
});

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
