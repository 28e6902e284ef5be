import { createMiddleware } from "hono/factory";
import { type AppEnv, settingsOf } from "../env";
import { FailureError } from "./respond";

const sha256 = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));

/**
 * Lets those in who hold a token (`Authorization: Bearer` or `X-API-Key`), as its tenant. Without tokens configured
 * nobody is let in, unless AUTH is `off`. A tenant may ask so often a minute, and an address be wrong so often.
 */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  c.set("tenant", "");
  const { AUTH, API_TOKENS } = settingsOf(c.env);
  if (AUTH === "off") return next();
  if (API_TOKENS.length === 0) throw new FailureError({ reason: "not_configured" });
  const bearer = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  const token = bearer ?? c.req.header("x-api-key") ?? "";
  const given = await sha256(token);
  // All are compared, each in the same time, so that time tells nothing about a digest.
  const [holder] = API_TOKENS.filter(({ digest }) => crypto.subtle.timingSafeEqual(given, digest));
  // No token is none, even where the list holds the digest of nothing: an unset variable is easily hashed.
  if (!holder || token === "") {
    const address = c.req.header("cf-connecting-ip") ?? "";
    await within(c.env.FAILURE_RATE, address, "too_many_failures");
    throw new FailureError({ reason: "unauthorized" });
  }
  c.set("tenant", holder.tenant);
  await within(c.env.TENANT_RATE, holder.tenant, "too_many_requests");
  return next();
});

/** Counts something against a rate; without the binding nothing is limited. */
async function within(rate: RateLimit | undefined, key: string, reason: "too_many_failures" | "too_many_requests") {
  if (rate && !(await rate.limit({ key })).success) throw new FailureError({ reason });
}
