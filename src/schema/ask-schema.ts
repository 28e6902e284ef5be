/** Shapes of asking a session, and of its turns. */
import * as z from "zod/mini";
import { MAX_REPLY_TOKENS } from "../limits";
import {
  content,
  finishReason,
  idempotencyKey,
  identifier,
  sessionId,
  status,
  timeZone,
  toolCalls,
  turnId,
  userId,
} from "./common-schema";
import { always, count, datetime, described, int, nullable, number, optional, pattern, text, time } from "./fields";
import { memory, usage } from "./memory-schema";

export const askRequest = z.strictObject({
  sessionId,
  userId: z.optional(userId),
  question: described("The question.", content),
  instructions: optional(
    "Instructions for this ask alone, in place of the session's. They follow `SYSTEM_PROMPT`. API tokens only.",
    content,
  ),
  model: optional(
    "The model that answers: `MODEL`, `FALLBACK_MODEL`, `TOOL_MODEL` or one of `MODELS`; default `MODEL`. API tokens only.",
    z.string().check(z.maxLength(256)),
  ),
  maxTokens: optional("The most tokens of the answer; default `REPLY_TOKENS`.", int(1, MAX_REPLY_TOKENS)),
  temperature: optional("The randomness of the answer; default: the model's own.", number(0, 2)),
  timeZone: z.optional(timeZone),
  replaces: optional(
    "The id of the session's last turn, which this one takes the place of: edit a question, or ask it again.",
    identifier(128),
  ),
  remember: optional(
    "False: answers from the memory and stores nothing. The turn cannot be followed. Not together with `replaces` or `Idempotency-Key`.",
    z.boolean(),
  ),
  before: optional(
    "Only with `remember: false`: earlier messages of a conversation that is not stored, oldest first. Ignored if the session has messages.",
    z
      .array(z.strictObject({ role: z.enum(["user", "assistant"]), content: described("The text.", content) }))
      .check(z.maxLength(1_000)),
  ),
  stream: optional("Answers with server-sent events. `Accept: text/event-stream` does the same.", z.boolean()),
  onBusy: optional(
    "While another turn of the session runs: wait in the queue of up to 16 (default), or fail with 409.",
    z.enum(["queue", "reject"]),
  ),
});

const lastEventId = optional(
  "The id of the last event that you received: `<turnId>:<characters of the answer>`, with `:done` at the end of the last one.",
  pattern(/^[A-Za-z0-9._:@+-]{1,128}:\d{1,9}(?::done)?$/, "must be the id of an event"),
);

export const askHeaders = z.object({
  accept: z.optional(z.string()),
  "last-event-id": lastEventId,
  "idempotency-key": optional(
    "Makes retries safe: for 24 hours, the same key and body return the same turn.",
    idempotencyKey,
  ),
});

export const askResponse = () =>
  z.object({
    answer: text("The answer."),
    toolCalls: z.optional(toolCalls()),
    sessionId,
    turnId,
    model: text("The model that answered."),
    finishReason: nullable("Why the answer ended; null if it did not end regularly.", finishReason),
    usage,
    memory: described("What the prompt contained.", memory()),
  });

export const turnResponse = () =>
  z.extend(askResponse(), {
    status: status(),
    question: text("The question; empty for a turn that continued with results of function calls."),
    createdAt: time("The time of the question."),
    finishedAt: nullable("The time of the end; null while the turn runs.", datetime()),
  });

export const turnDeleted = () =>
  z.object({ ok: always(true), sessionId, turnId, deleted: count("The number of deleted messages.") });

export const streamHeaders = z.object({ "last-event-id": lastEventId });

/** Only documents the query: the token is read before the routes. */
export const followQuery = () =>
  z.object({
    access_token: optional(
      "A session token, for an EventSource of a browser, which sends no headers.",
      z.string().check(z.maxLength(8_192)),
    ),
  });

export const resetRequest = z.strictObject({ sessionId });
export const resetResponse = () =>
  z.object({ ok: always(true), sessionId, deleted: count("The number of deleted messages.") });

/** The data of `start` and `delta` events; that of `done` is the JSON answer. */
export const startEvent = () => z.pick(askResponse(), { sessionId: true, turnId: true, model: true, memory: true });
export const deltaEvent = () => z.object({ text: text("The next characters of the answer.") });
