/** Workers AI's errors, which are exceptions whose message starts with `<code>: …`, told as failures. */
import type { Failure } from "../turn/types";

/**
 * What may help: `again` the same call, `fallback` another model, `shrink` a shorter prompt, `stop` nothing that the
 * Worker can do.
 */
export type Remedy = "again" | "fallback" | "shrink" | "stop";

export interface ModelError {
  failure: Failure;
  remedy: Remedy;
  /** What the model's side said, for the operator's log. */
  cause: string;
}

const CODE = /(?:^|\b\w+: )(\d{3,4}): /;

/** Seconds until 00:00 UTC, when the daily allowance of Workers AI starts anew. */
export function secondsToMidnight(now: number): number {
  const day = 86_400_000;
  return Math.ceil((day - (now % day)) / 1000);
}

/** Tells an exception of `AI.run`. Codes: https://developers.cloudflare.com/workers-ai/platform/errors/ */
export function modelError(error: unknown, model: string): ModelError {
  const cause = error instanceof Error ? error.message : String(error);
  const code = Number(CODE.exec(cause)?.[1] ?? Number.NaN);
  switch (code) {
    case 3040:
    case 3007:
    case 3046:
    case 1031:
      return { failure: { reason: "model_busy" }, remedy: "again", cause };
    case 5028:
    case 5007:
    case 3042:
      return { failure: { reason: "model_unavailable", model }, remedy: "fallback", cause };
    case 3036:
    case 4006:
      return {
        failure: { reason: "model_allowance_spent", retryAfter: secondsToMidnight(Date.now()) },
        remedy: "stop",
        cause,
      };
    case 5021:
      return { failure: { reason: "prompt_too_long" }, remedy: "shrink", cause };
    case 3010:
      return /estimated .*tokens .*exceeded/i.test(cause)
        ? { failure: { reason: "prompt_too_long" }, remedy: "shrink", cause }
        : { failure: { reason: "model_request_refused" }, remedy: "stop", cause };
    case 5035:
    case 5016:
    case 5018:
    case 3023:
    case 3041:
      return { failure: { reason: "model_account" }, remedy: "stop", cause };
    case 3003:
    case 5004:
    case 3006:
    case 8001:
      return { failure: { reason: "model_request_refused" }, remedy: "stop", cause };
    default:
      return code >= 400 && code < 500
        ? { failure: { reason: "model_request_refused" }, remedy: "stop", cause }
        : { failure: { reason: "model_busy" }, remedy: "again", cause };
  }
}
