import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import type { Result } from "../turn/result";
import { FailureError } from "./respond";

type Routes = [method: string, path: RegExp][];

/** All that a session token opens: to ask, to read, to follow and to cancel. A route that is not here stays closed. */
const OPEN: Routes = [
  ["POST", /^\/ask$/],
  ["GET", /^\/sessions\/[^/]+(?:\/messages|\/search|\/turns\/[^/]+(?:\/stream)?)?$/],
  ["POST", /^\/sessions\/[^/]+\/search$/],
  ["DELETE", /^\/sessions\/[^/]+\/turns\/[^/]+$/],
];

/** What one of a user opens besides: their list of sessions, their search, and their facts. */
const OPEN_TO_USERS: Routes = [
  ["GET", /^\/users\/[^/]+\/(?:sessions|search|facts)$/],
  ["POST", /^\/users\/[^/]+\/(?:search|facts)$/],
  ["PATCH", /^\/users\/[^/]+\/facts\/[^/]+$/],
  ["DELETE", /^\/users\/[^/]+\/facts\/[^/]+$/],
];

/** Keeps session tokens to their routes. */
export const limitScope = createMiddleware<AppEnv>((c, next) => {
  const { method, path } = c.req;
  const { sessions, userId } = c.var.caller;
  const isOpen = (routes: Routes) => routes.some(([opens, paths]) => opens === method && paths.test(path));
  const isFree = sessions === undefined && userId === undefined;
  if (isFree || isOpen(OPEN) || (userId !== undefined && isOpen(OPEN_TO_USERS))) return next();
  throw new FailureError({ reason: "forbidden" });
});

/** Keeps session tokens to their sessions; the others are refused alike, whether they exist or not. */
export function requireSession(c: Context<AppEnv>, sessionId: string): void {
  const { sessions } = c.var.caller;
  if (sessions && !sessions.includes(sessionId)) throw new FailureError({ reason: "forbidden" });
}

/** Keeps session tokens to their user: those that name sessions stand for nobody. */
export function requireUser(c: Context<AppEnv>, userId: string): void {
  const { sessions, userId: own } = c.var.caller;
  if (sessions || (own !== undefined && own !== userId)) throw new FailureError({ reason: "forbidden" });
}

/** Replaces the refusal of another user's session by the result of an unused id: reads do not reveal which sessions exist. */
export const unlessForeign = <T>(result: Result<T>, neverBegun: Result<T>): Result<T> =>
  !result.ok && result.failure.reason === "session_of_another_user" ? neverBegun : result;
