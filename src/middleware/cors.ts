import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { settingsOf } from "../settings";

const EXPOSED = ["X-Request-Id", "Retry-After", "Idempotency-Replayed", "Server-Timing"];
/** Seconds for which a browser caches the answer to a preflight: the most that Chromium allows. */
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

/** Lets pages of `CORS_ORIGINS` read responses. Preflights are answered before authentication: they carry no token. */
export const crossOrigin = createMiddleware<AppEnv>((c, next) =>
  settingsOf(c.env).CORS_ORIGINS.length === 0 ? next() : share(c, next),
);
