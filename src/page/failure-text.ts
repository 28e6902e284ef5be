/** The page's own words for failures. */
import { DetailedError } from "hono/client";
import { AskError, type OpenAIError, type Problem } from "llamory/client";

export interface PageFailure {
  code: string;
  text: string;
}

/** Codes that are missing here concern programs, not people: the server's sentence is shown for them. */
const TEXTS: Record<string, string> = {
  unreachable: "The server does not answer. Check your connection, and that the server is running.",
  unauthorized: "This server needs a token. Enter the one that you were given.",
  token_expired: "Your token has expired. Enter a new one.",
  forbidden: "Your token does not allow this, or not in this conversation.",
  too_many_failures: "Too many wrong tokens were sent from here. Wait a minute, then try again.",
  too_many_requests: "Too many requests. Wait a minute, then try again.",
  tenant_allowance_spent: "Today's tokens are used up. You can continue after midnight UTC.",
  model_allowance_spent: "Today's free use of the model is used up. You can continue after midnight UTC.",
  model_busy: "The model is busy. Try again in a few seconds.",
  model_timeout: "The model took too long to answer.",
  model_stalled: "The model stopped in the middle of its answer.",
  model_interrupted: "The model's answer was cut off.",
  model_unreachable: "The model does not answer. Start the model server, or check its address.",
  model_reply_empty: "The model returned an empty answer. Try again, or use other words.",
  model_reply_malformed: "The model returned an unreadable answer.",
  prompt_too_long: "This message is too long for the model. Send a shorter one.",
  turn_interrupted: "The answer was cut off.",
  turn_cancelled: "The answer was stopped.",
  session_busy: "This conversation is busy. Try again in a moment.",
  session_queue_full: "Too many questions are waiting in this conversation. Try again in a moment.",
  session_overloaded: "This conversation is busy. Try again in a moment.",
  session_lost: "The connection to the conversation broke. Check whether the change was made, then try again.",
  session_full: "This conversation is full. Start a new one.",
  session_not_empty: "This conversation already has messages. Import into a new one.",
  session_of_another_user: "This conversation belongs to another name. Start a new one.",
  storage_failed: "The message could not be stored. Start a new conversation, or try again.",
  import_interrupted: "The import was interrupted, and nothing was stored. Import the file again.",
  facts_full: "The list of facts is full. Delete some of them.",
  not_the_last_turn:
    "Something was said after this question in the meantime. Discard this, then edit the message again.",
  turn_not_found: "This question was deleted in the meantime.",
  message_not_found: "This message was deleted in the meantime.",
  fact_not_found: "This fact was deleted in the meantime.",
  internal: "Something went wrong on the server. Try again.",
};

const ASKS_FOR_TOKEN = new Set(["unauthorized", "token_expired"]);

/** Returns whether another token can help. */
export const needsToken = ({ code }: PageFailure): boolean => ASKS_FOR_TOKEN.has(code);

/** Describes an error of a request. */
export function failureOf(error: unknown): PageFailure {
  const refusal: Problem | OpenAIError | undefined =
    error instanceof AskError ? error.problem : error instanceof DetailedError ? error.detail?.data : undefined;
  if (typeof refusal !== "object") return failureWith("unreachable", "");
  if ("error" in refusal) return failureWith(refusal.error.code ?? "", refusal.error.message);
  return problemFailure(refusal);
}

/** Describes a problem that the server sent. */
export function problemFailure({ code, detail, errors = [] }: Problem): PageFailure {
  return failureWith(code, errors.map(({ path, message }) => `${path && `${path}: `}${message}.`).join(" ") || detail);
}

const failureWith = (code: string, serverText: string): PageFailure => ({ code, text: TEXTS[code] ?? serverText });
