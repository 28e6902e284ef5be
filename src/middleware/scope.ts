import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { FailureError } from "./respond";

/** All that a session token opens: to ask, to read, to follow and to cancel. A route that is not here stays closed. */
const OPEN: [method: string, path: RegExp][] = [
  ["POST", /^\/ask$/],
  ["GET", /^\/sessions\/[^/]+(?:\/messages|\/search|\/turns\/[^/]+(?:\/stream)?)?$/],
  ["POST", /^\/sessions\/[^/]+\/search$/],
  ["DELETE", /^\/sessions\/[^/]+\/turns\/[^/]+$/],
];

/** Keeps session tokens to their routes. */
export const limitScope = createMiddleware<AppEnv>((c, next) => {
  const { method, path } = c.req;
  if (c.var.caller.sessions && !OPEN.some(([opens, paths]) => opens === method && paths.test(path))) {
    throw new FailureError({ reason: "forbidden" });
  }
  return next();
});

/** Keeps session tokens to their sessions; the others are refused alike, whether they exist or not. */
export function requireSession(c: Context<AppEnv>, sessionId: string): void {
  const { sessions } = c.var.caller;
  if (sessions && !sessions.includes(sessionId)) throw new FailureError({ reason: "forbidden" });
}
