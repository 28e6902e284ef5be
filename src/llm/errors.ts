/** Workers AI's errors, which are exceptions whose message starts with `<code>: …`, told as failures. */
import type { Failure } from "../turn/result";

/**
 * What may help: `again` the same call, `once` the same but only once more, `fallback` another model, `shrink` a shorter
 * prompt, `stop` nothing that the Worker can do.
 */
export type Remedy = "again" | "once" | "fallback" | "shrink" | "stop";

export interface ModelError {
  failure: Failure;
  remedy: Remedy;
  /** What the model's side said, for the operator's log. */
  cause: string;
}

type Kind = "misfit" | "busy" | "unreachable" | "unavailable" | "allowance" | "too_long" | "account" | "refused";

/** Codes: https://developers.cloudflare.com/workers-ai/platform/errors/ */
const KINDS: Record<number, Kind> = {
  3040: "busy",
  3007: "busy",
  3046: "busy",
  1031: "busy",
  5028: "unavailable",
  5007: "unavailable",
  3042: "unavailable",
  5035: "unavailable",
  3036: "allowance",
  4006: "allowance",
  5021: "too_long",
  5016: "account",
  5018: "account",
  3023: "account",
  3041: "account",
};

const CODE = /(?:^|\b\w+: )(\d{3,4}): /;
/** JSON mode promises nothing: https://developers.cloudflare.com/workers-ai/features/json-mode/ */
const MISFIT = /JSON Mode couldn't be met/i;
const TOO_LONG = /estimated .*tokens .*exceeded/i;

/** How the message of an error begins that says that there is no model server. */
export const UNREACHABLE = "unreachable: ";

/** Seconds until 00:00 UTC, when the daily allowance of Workers AI starts anew. */
export function secondsToMidnight(now: number): number {
  const day = 86_400_000;
  return Math.ceil((day - (now % day)) / 1000);
}

function kindOf(cause: string): Kind {
  if (cause.startsWith(UNREACHABLE)) return "unreachable";
  if (MISFIT.test(cause)) return "misfit";
  const code = Number(CODE.exec(cause)?.[1] ?? Number.NaN);
  if (code === 3010 && TOO_LONG.test(cause)) return "too_long";
  // Whatever else is our request's fault has a code of its own; an error without one may pass.
  const ours = (code >= 400 && code < 500) || (code >= 3000 && code < 9000);
  return KINDS[code] ?? (ours ? "refused" : "busy");
}

/** Tells an exception of `AI.run`. */
export function modelError(error: unknown, model: string): ModelError {
  const cause = error instanceof Error ? error.message : String(error);
  switch (kindOf(cause)) {
    case "busy":
      return { failure: { reason: "model_busy" }, remedy: "again", cause };
    case "misfit":
      return { failure: { reason: "model_reply_malformed" }, remedy: "once", cause };
    case "unreachable":
      return { failure: { reason: "model_unreachable" }, remedy: "again", cause };
    case "unavailable":
      return { failure: { reason: "model_unavailable", model }, remedy: "fallback", cause };
    case "allowance": {
      const retryAfter = secondsToMidnight(Date.now());
      return { failure: { reason: "model_allowance_spent", retryAfter }, remedy: "stop", cause };
    }
    case "too_long":
      return { failure: { reason: "prompt_too_long" }, remedy: "shrink", cause };
    case "account":
      return { failure: { reason: "model_account" }, remedy: "stop", cause };
    case "refused":
      return { failure: { reason: "model_request_refused" }, remedy: "stop", cause };
  }
}
