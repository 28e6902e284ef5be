import { createMiddleware } from "hono/factory";
import { type AppEnv, settingsOf } from "../env";
import { FailureError } from "./respond";

const sha256 = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));

/**
 * Lets those in who hold a token (`Authorization: Bearer` or `X-API-Key`), as its tenant. Without tokens configured
 * nobody is let in, unless AUTH is `off`.
 */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  c.set("tenant", "");
  const { AUTH, API_TOKENS } = settingsOf(c.env);
  if (AUTH === "off") return next();
  if (API_TOKENS.length === 0) throw new FailureError({ reason: "not_configured" });
  const bearer = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  const given = await sha256(bearer ?? c.req.header("x-api-key") ?? "");
  // All are compared, each in the same time, so that time tells nothing about a digest.
  const [holder] = API_TOKENS.filter(({ digest }) => crypto.subtle.timingSafeEqual(given, digest));
  if (!holder) throw new FailureError({ reason: "unauthorized" });
  c.set("tenant", holder.tenant);
  return next();
});
