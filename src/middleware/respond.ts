/** Failures as HTTP responses. Routes and middleware throw a {@link FailureError}; the app's error handler reports it. */
import type { Context } from "hono";
import type { AppEnv } from "../env";
import type { Result } from "../turn/result";
import { type AnyFailure, openaiErrorOf, problemOf, responseOf } from "../wire/problem";
import { json } from "./json-response";

/** A failure of a request. It is thrown, so that typed clients see the same failures for every route. */
export class FailureError extends Error {
  override readonly name = "FailureError";
  readonly failure: AnyFailure;

  constructor(failure: AnyFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}

/** Returns the error for an invalid field. */
export const invalid = (path: string, message: string) =>
  new FailureError({ reason: "invalid_request", errors: [{ path, message }] });

/** Returns the value of a result. @throws {FailureError} with its failure */
export function orThrow<T>(result: Result<T>): T {
  if (!result.ok) throw new FailureError(result.failure);
  return result.value;
}

/** Hides the owner of a session from session tokens of other users, and the reason of a model server from all of them. */
function visibleTo(c: Context<AppEnv>, failure: AnyFailure): AnyFailure {
  const { userId, sessions } = c.var.caller ?? {};
  if (failure.reason === "session_of_another_user" && userId !== undefined) return { reason: "forbidden" };
  const isHidden = failure.reason === "model_request_refused" && (userId ?? sessions) !== undefined;
  return isHidden ? { reason: failure.reason } : failure;
}

/** Answers with a failure, in the form of its route: a problem, or an error of the OpenAI API. */
export function respond(c: Context<AppEnv>, cause: AnyFailure): Response {
  const failure = visibleTo(c, cause);
  const { status, headers } = responseOf(failure);
  c.var.logged.code = failure.reason;
  if (c.req.path.startsWith("/v1/") || failure.reason === "base_url")
    return json(c, openaiErrorOf(failure), status, headers);
  return json(c, problemOf(failure, c.var.requestId), status, {
    ...headers,
    "content-type": "application/problem+json",
  });
}
