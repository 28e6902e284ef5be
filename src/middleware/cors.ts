import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { settingsOf } from "../settings";

const EXPOSED = "X-Request-Id,Retry-After,Idempotency-Replayed,Server-Timing";
/** The methods of all routes. */
export const METHODS = ["GET", "POST", "PATCH", "DELETE"];
/** Seconds for which a browser caches the answer to a preflight: the most that Chromium allows. */
const PREFLIGHT_AGE = "7200";

/**
 * Lets pages of `CORS_ORIGINS` read responses. Preflights are answered before authentication: they carry no token.
 * `hono/cors` does the same with more options.
 */
export const crossOrigin = createMiddleware<AppEnv>(async (c, next) => {
  const { CORS_ORIGINS } = settingsOf(c.env);
  if (CORS_ORIGINS.length === 0) return next();
  const isPreflight = c.req.method === "OPTIONS";
  if (isPreflight) c.res = c.body(null, 204);
  else await next();
  const { headers } = c.res;
  const origin = CORS_ORIGINS.includes("*") ? "*" : (c.req.header("origin") ?? "");
  if (CORS_ORIGINS.includes(origin)) headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", EXPOSED);
  headers.append("vary", "Origin");
  if (!isPreflight) return;
  headers.set("access-control-max-age", PREFLIGHT_AGE);
  headers.set("access-control-allow-methods", METHODS.join());
  const asked = c.req.header("access-control-request-headers");
  if (!asked) return;
  headers.set("access-control-allow-headers", asked);
  headers.append("vary", "Access-Control-Request-Headers");
});
