/** The expected failures of turns and storage. */
export type Failure =
  | { reason: "model_busy" }
  | { reason: "model_timeout" }
  | { reason: "model_stalled" }
  | { reason: "model_interrupted" }
  | { reason: "model_unreachable" }
  | { reason: "model_unavailable"; model: string }
  | { reason: "model_allowance_spent"; retryAfter: number }
  | { reason: "model_account" }
  /** `cause`: the model server's reason, in fixed words. */
  | { reason: "model_request_refused"; cause?: string }
  | { reason: "model_reply_empty" }
  | { reason: "model_reply_malformed" }
  | { reason: "prompt_too_long" }
  | { reason: "tool_results_unexpected" }
  | { reason: "turn_cancelled" }
  | { reason: "turn_interrupted" }
  | { reason: "turn_not_found" }
  | { reason: "not_the_last_turn" }
  | { reason: "turn_followers_full"; limit: number }
  | { reason: "response_not_found" }
  | { reason: "conversation_not_found" }
  | { reason: "message_not_found" }
  | { reason: "message_of_a_turn" }
  | { reason: "session_busy" }
  | { reason: "session_queue_full" }
  | { reason: "session_overloaded" }
  | { reason: "session_lost" }
  | { reason: "session_full" }
  | { reason: "session_not_empty" }
  | { reason: "session_empty" }
  | { reason: "older_than_session" }
  | { reason: "import_interrupted" }
  | { reason: "storage_failed" }
  | { reason: "schema_too_new" }
  | { reason: "internal" }
  | { reason: "session_of_another_user" }
  | { reason: "user_unreachable" }
  | { reason: "user_being_deleted" }
  | { reason: "user_half_deleted" }
  | { reason: "fact_not_found" }
  | { reason: "facts_full" }
  | { reason: "idempotency_conflict" };

export type Failed = { ok: false; failure: Failure };
export type Result<T> = { ok: true; value: T } | Failed;

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (failure: Failure): Failed => ({ ok: false, failure });
