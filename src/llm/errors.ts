/** Converts model errors to failures. The binding throws errors with a message `<code>: …`; entrypoints return them. */
import type { Failure } from "../turn/result";
import { isObject } from "./json";
import type { Lack } from "./lacks";
import { causeOf } from "./log-cause";

/**
 * The reaction to an error. `again`: repeat the call. `once`: repeat it only once. `fallback`: use another model.
 * `shrink`: send a shorter prompt. `without`: do not use the ability that the model lacks. `stop`: give up.
 */
export type Remedy = "again" | "once" | "fallback" | "shrink" | "stop" | { without: Lack };

export interface ModelError {
  failure: Failure;
  remedy: Remedy;
  /** For the operator's log. */
  cause: string;
}

type Kind = "misfit" | Lack | "busy" | "unreachable" | "unavailable" | "allowance" | "too_long" | "account" | "refused";

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

/** Matches the code at the start of a cause. */
const CODE = /^(\d{3,4})\b/;

/** The error message if a model server does not answer. */
export const UNREACHABLE = "unreachable";
/** The error message if a reply is not valid JSON. */
export const UNPARSABLE = "unparsable";

/** An error as a value. Entrypoints return it, because the runtime would log text and stack of a thrown error. */
export interface ReturnedError {
  modelError: string;
}

/** Converts an error to a value and removes the model server's texts from its message. */
export const returnedError = (error: unknown): ReturnedError => ({ modelError: causeOf(messageOf(error)) });

/** Returns the cause if the result of a call is an error. */
export function errorIn(value: unknown): string | undefined {
  return isObject(value) && typeof value.modelError === "string" ? causeOf(value.modelError) : undefined;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Returns the seconds until 00:00 UTC, when Workers AI renews its daily allowance. */
export function secondsToMidnight(now: number): number {
  const day = 86_400_000;
  return Math.ceil((day - (now % day)) / 1000);
}

/** Returns whether the model rejected a call because of a field that these words name. */
const lacks = (cause: string, words: RegExp) => words.test(cause) && /not supported|HTTP 4(?:00|22)/.test(cause);

function kindOf(cause: string): Kind {
  if (cause === UNREACHABLE) return "unreachable";
  const code = Number(CODE.exec(cause)?.[1] ?? Number.NaN);
  // JSON mode may fail: https://developers.cloudflare.com/workers-ai/features/json-mode/
  if (code === 5024 || cause.includes("not met")) return "misfit";
  if (code === 5025 || lacks(cause, /JSON mode|response_format/)) return "json";
  if (lacks(cause, /reasoning/)) return "reasoning";
  if (code === 3010 && cause.includes("tokens") && cause.includes("exceeded")) return "too_long";
  // All other errors of our request have a code, so an error without one may be temporary.
  const ours = (code >= 400 && code < 500) || (code >= 3000 && code < 9000);
  return KINDS[code] ?? (ours ? "refused" : "busy");
}

/**
 * Returns the failure and the remedy for an error.
 * @param cause the result of {@link causeOf}
 */
export function modelError(cause: string, model: string): ModelError {
  const kind = kindOf(cause);
  const react = (failure: Failure, remedy: Remedy): ModelError => ({ failure, remedy, cause });
  switch (kind) {
    case "busy":
      return react({ reason: "model_busy" }, "again");
    case "misfit":
      return react({ reason: "model_reply_malformed" }, "once");
    case "json":
    case "reasoning":
      return react({ reason: "model_request_refused", cause }, { without: kind });
    case "unreachable":
      return react({ reason: "model_unreachable" }, "again");
    case "unavailable":
      return react({ reason: "model_unavailable", model }, "fallback");
    case "allowance":
      return react({ reason: "model_allowance_spent", retryAfter: secondsToMidnight(Date.now()) }, "stop");
    case "too_long":
      return react({ reason: "prompt_too_long" }, "shrink");
    case "account":
      return react({ reason: "model_account" }, "stop");
    case "refused":
      return react({ reason: "model_request_refused", cause }, "stop");
  }
}
