/** Failure -> RFC 9457 problem: the one place that knows what each failure is called and which status it has. */
import type { Context } from "hono";
import type { AppEnv } from "./env";
import type { Failure } from "./turn/types";

/** What is wrong with a request before there is a turn, or with the Worker itself. */
type Refusal =
  | { reason: "invalid_request"; errors: { path: string; message: string }[] }
  | { reason: "malformed_json" }
  | { reason: "unsupported_media_type" }
  | { reason: "body_too_large"; limit: number }
  | { reason: "unauthorized" }
  | { reason: "not_configured" }
  | { reason: "misconfigured"; detail: string }
  | { reason: "not_found" }
  | { reason: "method_not_allowed"; allow: string[] }
  | { reason: "internal" };

export type AnyFailure = Failure | Refusal;

/** The statuses of problems. */
export type ProblemStatus = 400 | 401 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 502 | 503 | 504;

interface Told {
  status: ProblemStatus;
  title: string;
  detail: string;
  headers?: Record<string, string>;
}

const busy = (seconds: number) => ({ "retry-after": String(seconds) });

function tell(failure: AnyFailure): Told {
  switch (failure.reason) {
    case "invalid_request":
      return { status: 400, title: "Invalid request", detail: "Correct the fields named in `errors`." };
    case "malformed_json":
      return { status: 400, title: "Malformed JSON", detail: "The body is empty or not valid JSON." };
    case "unsupported_media_type":
      return {
        status: 415,
        title: "Unsupported media type",
        detail: "Send JSON, with `content-type: application/json`.",
      };
    case "body_too_large":
      return {
        status: 413,
        title: "Body too large",
        detail: `A body may have ${failure.limit} bytes. Send it in parts.`,
      };
    case "unauthorized":
      return {
        status: 401,
        title: "Unauthorized",
        detail: "Send one of the Worker's API tokens: `authorization: Bearer <token>`.",
        headers: { "www-authenticate": "Bearer" },
      };
    case "not_configured":
      return {
        status: 503,
        title: "No API tokens configured",
        detail: "Nobody may ask yet. Set tokens with `npx wrangler secret put API_TOKENS`, or AUTH to `off`.",
      };
    case "misconfigured":
      return { status: 500, title: "Misconfigured", detail: failure.detail };
    case "not_found":
      return { status: 404, title: "Not found", detail: "There is no such route." };
    case "method_not_allowed":
      return {
        status: 405,
        title: "Method not allowed",
        detail: `This route takes ${failure.allow.join(", ")}.`,
        headers: { allow: failure.allow.join(", ") },
      };
    case "internal":
      return { status: 500, title: "Internal error", detail: "This is a bug. The request id is in the Worker's log." };
    case "model_busy":
      return {
        status: 503,
        title: "Model busy",
        detail: "The model is overloaded. Try again soon.",
        headers: busy(10),
      };
    case "model_timeout":
      return {
        status: 504,
        title: "Model timeout",
        detail: "The model did not answer in time. Try again, or ask for fewer `maxTokens`.",
      };
    case "model_stalled":
      return {
        status: 504,
        title: "Model stalled",
        detail: "The model stopped in the middle of its answer. Ask again.",
      };
    case "model_interrupted":
      return { status: 502, title: "Model interrupted", detail: "The model's answer was cut off. Ask again." };
    case "model_unavailable":
      return {
        status: 502,
        title: "Model unavailable",
        detail: `The model ${failure.model} is retired or unknown. The operator sets MODEL to a current one.`,
      };
    case "model_allowance_spent":
      return {
        status: 429,
        title: "Daily allowance spent",
        detail: "The account's Workers AI allowance of today is spent. It starts anew at 00:00 UTC.",
        headers: busy(failure.retryAfter),
      };
    case "model_account":
      return {
        status: 502,
        title: "Model account",
        detail: "The model's account refuses. The operator checks its plan, credentials and the model's terms.",
      };
    case "model_request_refused":
      return {
        status: 500,
        title: "Model request refused",
        detail: "The model refused the request. See the Worker's log.",
      };
    case "model_reply_empty":
      return { status: 502, title: "Empty reply", detail: "The model answered nothing. Ask again, or in other words." };
    case "model_reply_malformed":
      return {
        status: 502,
        title: "Malformed reply",
        detail: "The model answered in a form that is no answer. Ask again.",
      };
    case "prompt_too_long":
      return {
        status: 413,
        title: "Question too long",
        detail: "System prompt, question and reply do not fit the model's window. Ask a shorter question.",
      };
    case "turn_cancelled":
      return {
        status: 409,
        title: "Turn cancelled",
        detail: "The turn was cancelled, or its session emptied, meanwhile.",
      };
    case "turn_interrupted":
      return {
        status: 502,
        title: "Turn interrupted",
        detail: "The turn ended before its answer was whole. What was said is remembered; ask again for the rest.",
      };
    case "turn_not_found":
      return { status: 404, title: "Turn not found", detail: "The session has no such turn." };
    case "session_busy":
      return {
        status: 409,
        title: "Session busy",
        detail: "Another turn of this session is running. Ask again later, or with `onBusy` `queue`.",
        headers: busy(1),
      };
    case "session_queue_full":
      return {
        status: 429,
        title: "Session queue full",
        detail: "Too many turns of this session wait in line. Ask again later.",
        headers: busy(5),
      };
    case "session_overloaded":
      return {
        status: 503,
        title: "Session overloaded",
        detail: "The session gets more requests than it can serve. Ask again later.",
        headers: busy(5),
      };
    case "idempotency_conflict":
      return {
        status: 422,
        title: "Idempotency conflict",
        detail: "This `Idempotency-Key` was used for another request. Use a new key for a new question.",
      };
  }
}

/** The body of a problem. */
export function problemOf(failure: AnyFailure, requestId: string) {
  const { status, title, detail } = tell(failure);
  return {
    title,
    status,
    detail,
    code: failure.reason,
    requestId,
    ...("errors" in failure && { errors: failure.errors }),
  };
}

/** Answers with the problem that a failure is. */
export function respond(c: Context<AppEnv>, failure: AnyFailure) {
  const { status, headers } = tell(failure);
  return c.json(problemOf(failure, c.var.requestId), status, {
    ...headers,
    "content-type": "application/problem+json",
  });
}

/** The body of an error as the OpenAI API has it. */
export function openaiProblem(failure: AnyFailure) {
  const { status, detail } = tell(failure);
  const first = failure.reason === "invalid_request" ? failure.errors[0] : undefined;
  const type =
    status === 401
      ? "authentication_error"
      : status === 429
        ? "rate_limit_error"
        : status < 500
          ? "invalid_request_error"
          : "server_error";
  const message = first ? `${first.path}: ${first.message}` : detail;
  return { error: { message, type, param: first?.path ?? null, code: failure.reason } };
}

/** As {@link respond}, to a client that speaks the OpenAI API. */
export function respondOpenAI(c: Context<AppEnv>, failure: AnyFailure) {
  const { status, headers } = tell(failure);
  return c.json(openaiProblem(failure), status, headers);
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
