/** Shapes of asking a session, and of its turns. */
import * as z from "zod";
import { MAX_REPLY_TOKENS } from "../limits";
import {
  content,
  count,
  finishReason,
  idempotencyKey,
  sessionId,
  status,
  time,
  timeZone,
  toolCalls,
  turnId,
  userId,
} from "./common-schema";
import { memory, usage } from "./memory-schema";

export const askRequest = z.object({
  sessionId,
  userId: userId.optional(),
  question: content.describe("The question."),
  maxTokens: z
    .int()
    .min(1)
    .max(MAX_REPLY_TOKENS)
    .describe("The most tokens of the answer; default `REPLY_TOKENS`.")
    .optional(),
  temperature: z.number().min(0).max(2).describe("The randomness of the answer; default: the model's own.").optional(),
  timeZone: timeZone.optional(),
  stream: z
    .boolean()
    .describe("Answers with server-sent events. `Accept: text/event-stream` does the same.")
    .optional(),
  onBusy: z
    .enum(["queue", "reject"])
    .describe("While another turn of the session runs: wait in the queue of up to 16 (default), or fail with 409.")
    .optional(),
});

export const askHeaders = z.object({
  accept: z.string().optional(),
  "idempotency-key": idempotencyKey
    .describe("Makes retries safe: for 24 hours, the same key and body return the same turn.")
    .optional(),
});

export const askResponse = () =>
  z.object({
    answer: z.string().describe("The answer."),
    toolCalls: toolCalls().optional(),
    sessionId,
    turnId,
    model: z.string().describe("The model that answered."),
    finishReason: finishReason.nullable().describe("Why the answer ended; null if it did not end regularly."),
    usage,
    memory: memory().describe("What the prompt contained."),
  });

export const turnResponse = () =>
  askResponse().extend({
    status,
    question: z.string().describe("The question; empty for a turn that continued with results of function calls."),
    createdAt: time.describe("The time of the question."),
    finishedAt: time.nullable().describe("The time of the end; null while the turn runs."),
  });

export const streamHeaders = z.object({
  "last-event-id": z
    .string()
    .regex(/^[A-Za-z0-9._:@+-]{1,128}:\d{1,9}(?::done)?$/, "must be the id of an event")
    .describe(
      "The id of the last event that you received: `<turnId>:<characters of the answer>`, with `:done` at the end of the last one.",
    )
    .optional(),
});

export const followQuery = z.object({
  access_token: z
    .string()
    .max(8_192)
    .describe("A session token, for an EventSource of a browser, which sends no headers.")
    .optional(),
});

export const resetRequest = z.object({ sessionId });
export const resetResponse = () =>
  z.object({
    ok: z.literal(true).describe("Always true."),
    sessionId,
    deleted: count.describe("The number of deleted messages."),
  });

/** The data of `start` and `delta` events; that of `done` is the JSON answer. */
export const startEvent = () => askResponse().pick({ sessionId: true, turnId: true, model: true, memory: true });
export const deltaEvent = () => z.object({ text: z.string().describe("The next characters of the answer.") });
