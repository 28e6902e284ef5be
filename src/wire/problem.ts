/** Failure -> RFC 9457 problem: one table of what each failure is called, which status it has and what it says. */
import type { Failure } from "../turn/result";

/** What is wrong with a request before there is a turn, or with the Worker itself. */
type RequestFailure =
  | { reason: "invalid_request"; errors: { path: string; message: string }[] }
  | { reason: "malformed_json" }
  | { reason: "unsupported_media_type" }
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
  | { reason: "model_not_found" }
  | { reason: "method_not_allowed"; allow: string }
  | { reason: "internal" };

export type AnyFailure = Failure | RequestFailure;
export type Reason = AnyFailure["reason"];

/** The statuses of problems. */
export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 502 | 503 | 504 | 507;

/** `{name}` in a text stands for that field of the failure. */
type Row = [status: ProblemStatus, title: string, detail: string, headers?: Record<string, string>];

/** The OpenAI SDKs repeat a 409, a 429 and every 5xx by themselves; what must not be asked twice says so. */
const NEVER_AGAIN = { "x-should-retry": "false" };
const retryAfter = (seconds: number | string) => ({ "retry-after": String(seconds) });

// biome-ignore format: a table reads best as one
const TABLE: Record<Reason, Row> = {
  invalid_request: [400, "Invalid request", "Correct the fields named in `errors`."],
  malformed_json: [400, "Malformed JSON", "The body is empty or not valid JSON."],
  unsupported_media_type: [415, "Unsupported media type", "Send JSON, with `content-type: application/json`."],
  body_too_large: [413, "Body too large", "A body may have {limit} bytes. Send it in parts."],
  unauthorized: [401, "Unauthorized", "Send an API token: `authorization: Bearer <token>`, or `x-api-key`. API_TOKENS holds the SHA-256 of each token, not the token itself: `npm run token` makes both.", { "www-authenticate": "Bearer" }],
  token_expired: [401, "Token expired", "The session token has expired. Have your server make a new one: `POST /tokens`.", { "www-authenticate": "Bearer" }],
  forbidden: [403, "Forbidden", "A session token may ask, read, follow and cancel in the sessions, or as the user, that it names, and nothing else."],
  session_key_missing: [503, "No session tokens", "The operator puts a secret first: `npx wrangler secret put SESSION_KEY`, 32 characters or more.", NEVER_AGAIN],
  local_only: [403, "Local only", "This server answers only to the names of its own machine: use http://localhost or http://127.0.0.1, or set LOCAL_ONLY to `false`."],
  too_many_failures: [429, "Too many failures", "This address sent too many wrong tokens. Try again in a minute.", retryAfter(60)],
  too_many_requests: [429, "Too many requests", "This tenant, user or session sends too many requests. Try again in a minute.", retryAfter(60)],
  tenant_allowance_spent: [429, "Tokens of today spent", "The tenant has used TENANT_TOKENS_PER_DAY. It may ask again from 00:00 UTC.", { ...retryAfter("{retryAfter}"), ...NEVER_AGAIN }],
  not_configured: [503, "No API tokens configured", "Nobody may ask yet. Make a token with `npm run token`, put its digest with `npx wrangler secret put API_TOKENS`; or set AUTH to `off`."],
  misconfigured: [500, "Misconfigured", "{detail}"],
  not_found: [404, "Not found", "There is no such route."],
  model_not_found: [404, "Model not found", "No such model answers here: `GET /v1/models` lists those that do."],
  method_not_allowed: [405, "Method not allowed", "This route takes {allow}.", { allow: "{allow}" }],
  internal: [500, "Internal error", "This is a bug. The request id is in the Worker's log."],
  model_busy: [503, "Model busy", "The model is overloaded. Try again soon.", retryAfter(10)],
  model_timeout: [504, "Model timeout", "The model did not answer in time. Try again, or ask for fewer `maxTokens`.", NEVER_AGAIN],
  model_stalled: [504, "Model stalled", "The model stopped in the middle of its answer. Ask again.", NEVER_AGAIN],
  model_interrupted: [502, "Model interrupted", "The model's answer was cut off. Ask again.", NEVER_AGAIN],
  model_unreachable: [502, "Model unreachable", "The model server does not answer. Start it (for Ollama: `ollama serve`), or set OPENAI_BASE_URL to where it is."],
  model_unavailable: [502, "Model unavailable", "The model {model} is retired, unknown or not in the account's plan. The operator sets MODEL to a current one."],
  model_allowance_spent: [429, "Daily allowance spent", "The account's Workers AI allowance of today is spent. It starts anew at 00:00 UTC.", { ...retryAfter("{retryAfter}"), ...NEVER_AGAIN }],
  model_account: [502, "Model account", "The model's account refuses. The operator checks its plan, credentials and the model's terms."],
  model_request_refused: [500, "Model request refused", "The model refused the request. See the Worker's log.", NEVER_AGAIN],
  model_reply_empty: [502, "Empty reply", "The model answered nothing. Ask again, or in other words.", NEVER_AGAIN],
  model_reply_malformed: [502, "Malformed reply", "The model returned an unreadable reply. Ask again.", NEVER_AGAIN],
  prompt_too_long: [413, "Question too long", "System prompt, question and reply do not fit the model's window. Ask a shorter question."],
  tool_results_unexpected: [400, "Unexpected tool results", "The session waits for no results of these calls. Send the results of all calls of its last answer at once, and before anything else is asked."],
  turn_cancelled: [409, "Turn cancelled", "The turn was cancelled, or its session emptied, meanwhile.", NEVER_AGAIN],
  turn_interrupted: [502, "Turn interrupted", "The turn ended before its answer was whole. What was said is remembered; ask again for the rest.", NEVER_AGAIN],
  turn_not_found: [404, "Turn not found", "The session has no such turn."],
  turn_followers_full: [429, "Too many followers", "This turn has {limit} followers. Try again later, or read the turn when it is over: `GET /sessions/:sessionId/turns/:turnId`.", { ...retryAfter(5), ...NEVER_AGAIN }],
  response_not_found: [404, "Response not found", "There is no such response, or it was not stored. Send the conversation itself."],
  session_busy: [409, "Session busy", "Another turn of this session is running. Ask again later, or with `onBusy` `queue`.", retryAfter(1)],
  session_queue_full: [429, "Session queue full", "Too many turns of this session wait in line. Ask again later.", retryAfter(5)],
  session_overloaded: [503, "Session overloaded", "The session gets more requests than it can serve. Ask again later.", retryAfter(5)],
  session_lost: [503, "Session lost", "The session's object was lost in the middle of this, and it is not known whether it was done. Look, and send it again.", { ...retryAfter(1), ...NEVER_AGAIN }],
  session_full: [422, "Session full", "The session has as many messages or bytes as it may. Go on in another session; or reset or delete this one."],
  older_than_session: [409, "Older than the session", "The messages begin before the newest message of the session. Append older history to a session of its own; the user's memory covers both.", NEVER_AGAIN],
  session_not_empty: [409, "Session not empty", "An import goes into an empty session: reset or delete this one, or import into another.", NEVER_AGAIN],
  import_interrupted: [503, "Import interrupted", "The import was lost, or its session emptied, meanwhile. Nothing of it is there: import again."],
  storage_failed: [507, "Storage failed", "The session could not be written, so this was not remembered. It may be full: reset or delete it, or go on in another.", NEVER_AGAIN],
  schema_too_new: [503, "Schema too new", "A newer version of Llamory wrote this session, or its user. Nothing was read or written. The operator deploys that version or a later one.", NEVER_AGAIN],
  session_of_another_user: [409, "Session of another user", "The session belongs to another user. Take another `sessionId`.", NEVER_AGAIN],
  user_unreachable: [503, "User unreachable", "The user's memory does not answer, so nothing was stored or deleted. Send the request again.", retryAfter(1)],
  user_being_deleted: [409, "User being deleted", "The user is being deleted. Send that DELETE again until it answers 200; then the user may begin anew.", retryAfter(1)],
  user_half_deleted: [503, "User half deleted", "A part of the user is deleted, and the rest did not answer or takes longer. Send the DELETE again: it goes on.", retryAfter(1)],
  fact_not_found: [404, "Fact not found", "The user has no such fact."],
  facts_full: [422, "Facts full", "The user has as many facts as a user may. Delete some of them."],
  idempotency_conflict: [422, "Idempotency conflict", "This `Idempotency-Key` was used for another request. Use a new key for a new question."],
};

const filled = (text: string, failure: AnyFailure) =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(Reflect.get(failure, name)));

/** Status and headers of a failure's response. */
export function responseOf(failure: AnyFailure): { status: ProblemStatus; headers: Record<string, string> } {
  const [status, , , headers = {}] = TABLE[failure.reason];
  const entries = Object.entries(headers).map(([name, value]) => [name, filled(value, failure)]);
  return { status, headers: Object.fromEntries(entries) };
}

/** The body of a problem. */
export function problemOf(failure: AnyFailure, requestId: string) {
  const [status, title, detail] = TABLE[failure.reason];
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

/** The body of an error as the OpenAI API has it. */
export function openaiErrorOf(failure: AnyFailure) {
  const { status, detail } = problemOf(failure, "");
  const first = failure.reason === "invalid_request" ? failure.errors[0] : undefined;
  const message = first ? `${first.path}: ${first.message}` : detail;
  return { error: { message, type: openaiType(status), param: first?.path ?? null, code: failure.reason } };
}
