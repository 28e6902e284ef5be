/** The failures of the document, and an example of each. */
import { MAX_BODY } from "../../src/limits";
import { MAX_FOLLOWERS } from "../../src/turn/live-turn";
import { type AnyFailure, openaiErrorOf, problemOf, type Reason, responseOf } from "../../src/wire/problem";
import type { FullOperation } from "./operations";

type Example<R extends Reason> = Extract<AnyFailure, { reason: R }>;
/** The failures whose texts contain values. */
type Filled = { [R in Reason]: { reason: R } extends Example<R> ? never : R }[Reason];

const FILLED: { [R in Filled]: Example<R> } = {
  invalid_request: { reason: "invalid_request", errors: [{ path: "question", message: "Invalid input" }] },
  body_too_large: { reason: "body_too_large", limit: MAX_BODY },
  tenant_allowance_spent: { reason: "tenant_allowance_spent", retryAfter: 3_600 },
  misconfigured: { reason: "misconfigured", detail: "Check the Worker's settings." },
  method_not_allowed: { reason: "method_not_allowed", allow: "POST" },
  model_unavailable: { reason: "model_unavailable", model: "@cf/meta/llama-3.1-8b-instruct" },
  model_allowance_spent: { reason: "model_allowance_spent", retryAfter: 3_600 },
  turn_followers_full: { reason: "turn_followers_full", limit: MAX_FOLLOWERS },
};

const isFilled = (reason: Reason): reason is Filled => Object.hasOwn(FILLED, reason);
// TypeScript does not see that `{ reason }` is a failure: the union has too many members.
const exampleOf = (reason: Reason) => (isFilled(reason) ? FILLED[reason] : ({ reason } as AnyFailure));

export const bodyOf = (reason: Reason, openai: boolean) =>
  openai ? openaiErrorOf(exampleOf(reason)) : problemOf(exampleOf(reason), "5f0c2f6e");
export const answerOf = (reason: Reason) => responseOf(exampleOf(reason));

/** Failures of every route, of routes that need a token, and of routes with a body. */
const ANY = ["misconfigured", "internal", "local_only"] as const;
const CLOSED = [
  "unauthorized",
  "token_expired",
  "forbidden",
  "not_configured",
  "too_many_failures",
  "too_many_requests",
  "session_overloaded",
  "session_lost",
  "schema_too_new",
] as const;
const BODY = ["malformed_json", "unsupported_media_type", "unsupported_encoding", "body_too_large"] as const;

/** Returns all failures of an operation. */
export function failuresOf({ failures = [], tokens, ...operation }: FullOperation): Reason[] {
  const validates = operation.params ?? operation.query ?? operation.headers ?? operation.body;
  return [
    ...new Set<Reason>([
      ...ANY,
      ...failures,
      ...(tokens === "none" ? [] : CLOSED),
      ...(validates ? ["invalid_request" as const] : []),
      ...(operation.body ? BODY : []),
    ]),
  ];
}
