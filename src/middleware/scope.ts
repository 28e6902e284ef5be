import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import type { Result } from "../turn/result";
import { FailureError } from "./respond";
import { rulesOf } from "./route";

/** Returns whether the caller has a session token, and not an API token. */
export function isSessionToken(c: Context<AppEnv>): boolean {
  const { sessions, userId } = c.var.caller;
  return sessions !== undefined || userId !== undefined;
}

/** Refuses session tokens on routes that do not declare them (`tokens`). */
export const limitScope = createMiddleware<AppEnv>((c, next) => {
  const { userId } = c.var.caller;
  const { tokens } = rulesOf(c);
  const isAllowed = !isSessionToken(c) || tokens === "session" || (tokens === "user" && userId !== undefined);
  if (!isAllowed) throw new FailureError({ reason: "forbidden" });
  return next();
});

/** Refuses session tokens that do not name the session, whether it exists or not. */
export function requireSession(c: Context<AppEnv>, sessionId: string): void {
  const { sessions } = c.var.caller;
  if (sessions && !sessions.includes(sessionId)) throw new FailureError({ reason: "forbidden" });
}

/** Refuses session tokens that do not name the user. Tokens that name sessions stand for no user. */
export function requireUser(c: Context<AppEnv>, userId: string): void {
  const { sessions, userId: own } = c.var.caller;
  if (sessions || (own !== undefined && own !== userId)) throw new FailureError({ reason: "forbidden" });
}

/** Replaces the refusal of another user's session by the result of an unused id: reads do not reveal which sessions exist. */
export const unlessForeign = <T>(result: Result<T>, unused: Result<T>): Result<T> =>
  !result.ok && result.failure.reason === "session_of_another_user" ? unused : result;
