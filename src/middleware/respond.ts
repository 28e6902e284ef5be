/** Failures as HTTP responses: the edge at which each is told, once. */
import type { Context } from "hono";
import type { AppEnv } from "../env";
import type { Result } from "../turn/result";
import { type AnyFailure, openaiErrorOf, problemOf, responseOf } from "../wire/problem";

/** A session token is told no more than that a session is not its own. */
const toldTo = (c: Context<AppEnv>, failure: AnyFailure): AnyFailure =>
  failure.reason === "session_of_another_user" && c.var.caller.userId !== undefined ? { reason: "forbidden" } : failure;

/** Answers with the problem that a failure is. */
export function respond(c: Context<AppEnv>, cause: AnyFailure) {
  const failure = toldTo(c, cause);
  const { status, headers } = responseOf(failure);
  c.var.logged.code = failure.reason;
  return c.json(problemOf(failure, c.var.requestId), status, {
    ...headers,
    "content-type": "application/problem+json",
  });
}

/** As {@link respond}, to a client that speaks the OpenAI API. */
export function respondOpenAI(c: Context<AppEnv>, failure: AnyFailure) {
  const { status, headers } = responseOf(failure);
  c.var.logged.code = failure.reason;
  return c.json(openaiErrorOf(failure), status, headers);
}

/** A failure found where no handler can answer: in a validator or a middleware. The app's error handler tells it. */
export class FailureError extends Error {
  override readonly name = "FailureError";
  readonly failure: AnyFailure;

  constructor(failure: AnyFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}

/** A refusal that names the field. */
export const invalid = (path: string, message: string) =>
  new FailureError({ reason: "invalid_request", errors: [{ path, message }] });

/** What was wanted; a failure goes to the app's error handler, so that it is no part of the route's answer for typed clients. */
export function orThrow<T>(result: Result<T>): T {
  if (!result.ok) throw new FailureError(result.failure);
  return result.value;
}
