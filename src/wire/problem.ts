/** Lists all failures with status, detail, headers and title. Formats them as RFC 9457 problems or OpenAI errors. */
import type { Failure } from "../turn/result";
import type { ProblemStatus } from "./problem-status";

/** Failures before a turn begins, caused by the request or by the Worker's configuration. */
type RequestFailure =
  | { reason: "invalid_request"; errors: { path: string; message: string }[] }
  | { reason: "malformed_json" }
  | { reason: "unsupported_media_type" }
  | { reason: "unsupported_encoding" }
  | { reason: "base_url" }
  | { reason: "body_too_large"; limit: number }
  | { reason: "local_only" }
  | { reason: "unauthorized" }
  | { reason: "token_expired" }
  | { reason: "forbidden" }
  | { reason: "session_key_missing" }
  | { reason: "too_many_failures" }
  | { reason: "too_many_requests" }
  | { reason: "tenant_allowance_spent"; retryAfter: number }
  | { reason: "not_configured" }
  | { reason: "misconfigured"; detail: string }
  | { reason: "not_found" }
  | { reason: "directory_off" }
  | { reason: "model_not_found" }
  | { reason: "method_not_allowed"; allow: string };

export type AnyFailure = Failure | RequestFailure;
export type Reason = AnyFailure["reason"];

/** One failure. `{name}` in a text is replaced by that field of the failure. The default of the title: the reason in words. */
type FailureRow = [status: ProblemStatus, detail: string, headers?: Record<string, string>, title?: string];

/** Stops the automatic retries of the OpenAI SDKs, which repeat every 409, 429 and 5xx. */
const NO_RETRY = { "x-should-retry": "false" };
const retryAfter = (seconds: number | string) => ({ "retry-after": String(seconds) });

// biome-ignore format: one row per failure
const TABLE: Record<Reason, FailureRow> = {
  invalid_request: [400, "Correct the fields named in `errors`."],
  malformed_json: [400, "The body is empty or not valid JSON.", {}, "Malformed JSON"],
  unsupported_media_type: [415, "Send JSON, with `content-type: application/json`."],
  unsupported_encoding: [415, "Send the body uncompressed, without `content-encoding`."],
  base_url: [404, "There is no such route. The OpenAI API is below `/v1`: use a base URL that ends with `/v1`.", {}, "Base URL without /v1"],
  body_too_large: [413, "The body has more than {limit} bytes. Send it in parts."],
  unauthorized: [401, "Send an API token: `authorization: Bearer <token>`, or `x-api-key`. API_TOKENS contains the SHA-256 of each token, not the token itself: `npm run token` creates both.", { "www-authenticate": "Bearer" }],
  token_expired: [401, "The session token has expired. Your server creates a new one with `POST /tokens`.", { "www-authenticate": "Bearer" }],
  forbidden: [403, "This token does not give access to that session, user or route."],
  session_key_missing: [503, "Session tokens need a secret. Operator: run `npx wrangler secret put SESSION_KEY`, 32 characters or more.", NO_RETRY, "No session tokens"],
  local_only: [403, "This server serves its own machine, and pages of CORS_ORIGINS. Use http://127.0.0.1, or set LOCAL_ONLY to `false`."],
  too_many_failures: [429, "This address sent too many wrong tokens. Try again in a minute.", retryAfter(60)],
  too_many_requests: [429, "This tenant, user or session sends too many requests. Try again in a minute.", retryAfter(60)],
  tenant_allowance_spent: [429, "The tenant has used its tokens of today (TENANT_TOKENS_PER_DAY). Retry after 00:00 UTC.", { ...retryAfter("{retryAfter}"), ...NO_RETRY }, "Tokens of today spent"],
  not_configured: [503, "No API token is configured. Create one with `npm run token` and store its digest with `npx wrangler secret put API_TOKENS`, or set AUTH to `off`.", {}, "No API tokens configured"],
  misconfigured: [500, "{detail}"],
  not_found: [404, "There is no such route."],
  directory_off: [404, "This server does not list sessions and users: its setting DIRECTORY is `off`."],
  model_not_found: [404, "There is no such model. `GET /v1/models` lists the models."],
  method_not_allowed: [405, "This route supports {allow}.", { allow: "{allow}" }],
  internal: [500, "This is a bug. Search the Worker's log for the request id.", NO_RETRY, "Internal error"],
  model_busy: [503, "The model is overloaded. Retry in a few seconds.", retryAfter(10)],
  model_timeout: [504, "The model did not answer in time. Retry, or send a smaller `maxTokens`.", NO_RETRY],
  model_stalled: [504, "The model stopped sending in the middle of its answer. Retry.", NO_RETRY],
  model_interrupted: [502, "The connection to the model broke in the middle of its answer. Retry.", NO_RETRY],
  model_unreachable: [502, "The model server cannot be reached. Start it (Ollama: `ollama serve`), or set OPENAI_BASE_URL to its address."],
  model_unavailable: [502, "The model {model} is retired, unknown or not in the account's plan. Operator: set MODEL to a current one."],
  model_allowance_spent: [429, "The account has used its Workers AI allowance of today. Retry after 00:00 UTC.", { ...retryAfter("{retryAfter}"), ...NO_RETRY }, "Daily allowance spent"],
  model_account: [502, "The account of the model refused the request. Operator: check its plan, credentials and the terms of the model."],
  model_request_refused: [500, "The model refused the request: {cause}. Search the Worker's log for the request id.", NO_RETRY],
  model_reply_empty: [502, "The model returned an empty reply. Retry, or rephrase the question.", NO_RETRY, "Empty reply"],
  model_reply_malformed: [502, "The model returned an unreadable reply. Retry.", NO_RETRY, "Malformed reply"],
  prompt_too_long: [413, "The prompt is too long: system prompt, instructions, tools, question and reply exceed the model's window. Send less."],
  tool_results_unexpected: [400, "The session does not wait for results of these function calls. Send the results of all calls of its last answer together, in the next request.", {}, "Unexpected tool results"],
  turn_cancelled: [409, "The turn was cancelled, or its session was emptied.", NO_RETRY],
  turn_interrupted: [502, "The turn ended before its answer was complete. The text so far is stored. Ask again for the rest.", NO_RETRY],
  turn_not_found: [404, "The session has no such turn."],
  not_the_last_turn: [409, "`replaces` must name the last turn of the session: a later turn or message follows this one. Nothing was stored.", NO_RETRY],
  turn_followers_full: [429, "This turn has {limit} followers. Retry later, or get the turn after its end: `GET /sessions/:sessionId/turns/:turnId`.", { ...retryAfter(5), ...NO_RETRY }, "Too many followers"],
  message_not_found: [404, "The session has no such message, or it was deleted."],
  message_of_a_turn: [409, "A turn wrote this message. Delete the turn: `DELETE /sessions/:sessionId/turns/:turnId`.", NO_RETRY],
  response_not_found: [404, "There is no such response, or it was not stored. Send the conversation instead of the id."],
  conversation_not_found: [404, "There is no such conversation."],
  session_busy: [409, "Another turn of this session is running. Retry later, or send `onBusy: \"queue\"`.", retryAfter(1)],
  session_queue_full: [429, "Too many turns of this session are waiting. Retry later.", retryAfter(5)],
  session_overloaded: [503, "The session receives more requests than it can serve. Retry later.", retryAfter(5)],
  session_lost: [503, "The connection to the session broke. Check whether the change was made, then retry.", { ...retryAfter(1), ...NO_RETRY }],
  session_full: [422, "This session is full. Start another one for the same user, or raise SESSION_MAX_MESSAGES or SESSION_MAX_MB."],
  older_than_session: [409, "The messages begin before the newest message of the session. Append older history to a session of its own; the user's memory covers both.", NO_RETRY, "Older than the session"],
  session_not_empty: [409, "An import or a fork needs an empty session. Reset or delete this one, or use another.", NO_RETRY],
  session_empty: [404, "The session has no messages."],
  import_interrupted: [503, "The import was interrupted, or its session was emptied. Nothing was stored. Import again."],
  storage_failed: [507, "Writing to the session's storage failed; the change was not stored. The storage may be full: delete data, or use another session.", NO_RETRY],
  schema_too_new: [503, "A newer version of Llamory wrote this session or its user. Nothing was read or written. Operator: deploy that version or a later one.", NO_RETRY],
  session_of_another_user: [409, "The session belongs to another user. Use another `sessionId`.", NO_RETRY],
  user_unreachable: [503, "The user's memory is unavailable. Nothing was stored or deleted. Retry.", retryAfter(1)],
  user_being_deleted: [409, "The user is being deleted. Repeat that DELETE until it returns 200; then the id can be used again.", retryAfter(1)],
  user_half_deleted: [503, "Only a part of the user was deleted. Repeat the DELETE to delete the rest.", retryAfter(1)],
  fact_not_found: [404, "The user has no such fact."],
  facts_full: [422, "The user has the maximum number of facts. Delete some of them."],
  idempotency_conflict: [422, "This `Idempotency-Key` was used for another request. Use a new key for a new question."],
};

const filled = (text: string, failure: AnyFailure) =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(Reflect.get(failure, name) ?? "reason unknown"));

const inWords = (reason: string) => reason.charAt(0).toUpperCase() + reason.slice(1).replaceAll("_", " ");

/** Returns status and headers of a failure's response. */
export function responseOf(failure: AnyFailure): { status: ProblemStatus; headers: Record<string, string> } {
  const [status, , headers = {}] = TABLE[failure.reason];
  const entries = Object.entries(headers).map(([name, value]) => [name, filled(value, failure)]);
  return { status, headers: Object.fromEntries(entries) };
}

/** Returns the body of a problem. */
export function problemOf(failure: AnyFailure, requestId: string) {
  const [status, detail, , title = inWords(failure.reason)] = TABLE[failure.reason];
  return {
    title,
    status,
    detail: filled(detail, failure),
    code: failure.reason,
    requestId,
    ...("errors" in failure && { errors: failure.errors }),
  };
}

function openaiType(status: ProblemStatus): string {
  if (status === 401) return "authentication_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

/** Returns the body of an error of the OpenAI API. */
export function openaiErrorOf(failure: AnyFailure) {
  const { status, detail } = problemOf(failure, "");
  const [first] = failure.reason === "invalid_request" ? failure.errors : [];
  // The path of the whole body is empty.
  const param = first?.path || null;
  const message = first ? `${param ?? "body"}: ${first.message}` : detail;
  return { error: { message, type: openaiType(status), param, code: failure.reason } };
}
