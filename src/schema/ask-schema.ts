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
  toolCalls,
  turnId,
  userId,
} from "./common-schema";
import { datetime, int, number, pattern, timeZone } from "./fields";
import { memory, usage } from "./memory-schema";

const said = z.strictObject({
  /** The author. */
  role: z.enum(["user", "assistant"]),
  /** The text. */
  content,
});

export const askRequest = z.strictObject({
  sessionId,
  userId: z.optional(userId),
  /** The question. */
  question: content,
  /** Instructions for this ask alone, in place of the session's. They follow `SYSTEM_PROMPT`. API tokens only. */
  instructions: z.optional(content),
  /**
   * The model that answers: `MODEL`, `FALLBACK_MODEL`, `TOOL_MODEL` or one of `MODELS`; default `MODEL`. API tokens
   * only.
   */
  model: z.optional(z.string().check(z.maxLength(256))),
  /** The most tokens of the answer; default `REPLY_TOKENS`. */
  maxTokens: z.optional(int(1, MAX_REPLY_TOKENS)),
  /** The randomness of the answer; default: the model's own. */
  temperature: z.optional(number(0, 2)),
  timeZone: z.optional(timeZone),
  /** The id of the session's last turn. This turn replaces it: edit a question, or ask it again. */
  replaces: z.optional(identifier(128)),
  /**
   * False: answers from the memory and stores nothing. The turn cannot be followed. Not together with `replaces` or
   * `Idempotency-Key`.
   */
  remember: z.optional(z.boolean()),
  /**
   * The earlier messages of a temporary conversation, oldest first; only with `remember: false`. Ignored if the session
   * has messages.
   */
  before: z.optional(z.array(said).check(z.maxLength(1_000))),
  /** Answers with server-sent events. `Accept: text/event-stream` does the same. */
  stream: z.optional(z.boolean()),
  /** While another turn of the session runs: wait in the queue of up to 16 (default), or fail with 409. */
  onBusy: z.optional(z.enum(["queue", "reject"])),
});

/**
 * The id of the last event that you received: `<turnId>:<characters of the answer>`, with `:done` at the end of the
 * last one.
 */
const lastEventId = z.optional(pattern(/^[A-Za-z0-9._:@+-]{1,128}:\d{1,9}(?::done)?$/, "must be the id of an event"));

export const askHeaders = z.object({
  accept: z.optional(z.string()),
  "last-event-id": lastEventId,
  /** Makes retries safe: for 24 hours, the same key and body return the same turn. */
  "idempotency-key": z.optional(idempotencyKey),
});

export const askResponse = () =>
  z.object({
    /** The answer. */
    answer: z.string(),
    toolCalls: z.optional(toolCalls()),
    sessionId,
    turnId,
    /** The model that answered. */
    model: z.string(),
    /** Why the answer ended; null if it did not end regularly. */
    finishReason: z.nullable(finishReason),
    usage,
    /** The content of the prompt. */
    memory: memory(),
  });

export const turnResponse = () =>
  z.extend(askResponse(), {
    status: status(),
    /** The question; empty for a turn that continued with results of function calls. */
    question: z.string(),
    /** The time of the question. */
    createdAt: datetime(),
    /** The time of the end; null while the turn runs. */
    finishedAt: z.nullable(datetime()),
  });

export const turnDeleted = () =>
  z.object({
    ok: z.literal(true),
    sessionId,
    turnId,
    /** The number of deleted messages. */
    deleted: int(0),
  });

export const streamHeaders = z.object({ "last-event-id": lastEventId });

// Only documents the query: the token is read before the routes.
export const followQuery = () =>
  z.object({
    /** A session token, for an EventSource of a browser, which sends no headers. */
    access_token: z.optional(z.string().check(z.maxLength(8_192))),
  });

export const resetRequest = z.strictObject({ sessionId });
export const resetResponse = () =>
  z.object({
    ok: z.literal(true),
    sessionId,
    /** The number of deleted messages. */
    deleted: int(0),
  });

// The data of `start` and `delta` events; that of `done` is the JSON answer.
export const startEvent = () => z.pick(askResponse(), { sessionId: true, turnId: true, model: true, memory: true });
export const deltaEvent = () =>
  z.object({
    /** The next characters of the answer. */
    text: z.string(),
  });
