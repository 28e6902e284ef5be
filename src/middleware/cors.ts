/** What browsers need, and what keeps pages of others out. */
import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { settingsOf } from "../settings";
import { FailureError } from "./respond";

const EXPOSED = ["X-Request-Id", "Retry-After", "Idempotency-Replayed", "Server-Timing"];
/** Seconds for which a browser keeps the answer to a preflight. */
const PREFLIGHT_AGE = 7_200;

const share = cors({
  origin(origin, c) {
    const { CORS_ORIGINS } = settingsOf(c.env);
    if (CORS_ORIGINS.includes("*")) return "*";
    return CORS_ORIGINS.includes(origin) ? origin : null;
  },
  allowMethods: ["GET", "POST", "PATCH", "DELETE"],
  exposeHeaders: EXPOSED,
  maxAge: PREFLIGHT_AGE,
});

/** Lets pages of the origins in `CORS_ORIGINS` read answers; preflights carry no token, and are answered before it. */
export const crossOrigin = createMiddleware<AppEnv>((c, next) =>
  settingsOf(c.env).CORS_ORIGINS.length === 0 ? next() : share(c, next),
);

/** Keeps answers that belong to somebody out of every cache. */
export const personal = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
});

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** With `LOCAL_ONLY`, serves only who calls the server by a name of this machine: a page of others has another. */
export const localOnly = createMiddleware<AppEnv>((c, next) => {
  const { hostname } = new URL(c.req.url);
  if (settingsOf(c.env).LOCAL_ONLY === "true" && !LOOPBACK.test(hostname)) {
    throw new FailureError({ reason: "local_only" });
  }
  return next();
});
