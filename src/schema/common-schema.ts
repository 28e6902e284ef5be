/** Every shape on the wire: requests, responses, problems. Unknown fields of a request are ignored. */
import * as z from "zod";
import { MAX_CONTENT, MAX_REPLY_TOKENS } from "../limits";
import { isTimeZone } from "../turn/dates";

export const wellFormed = (text: string) => text.isWellFormed();
export const WELL_FORMED = "must be well-formed Unicode: it contains a lone surrogate";

export const content = z.string().min(1).max(MAX_CONTENT).refine(wellFormed, WELL_FORMED);
export const role = z.enum(["system", "user", "assistant"]);
/** Of a transcript: `tool` is what a function returned. */
export const anyRole = z.enum([...role.options, "tool"]);
/** Functions that an answer calls, over the OpenAI surface; `arguments` is JSON. */
const toolCalls = z.array(z.object({ id: z.string(), name: z.string(), arguments: z.string() }));
export const called = {
  toolCalls: toolCalls.optional(),
  /** The call that a tool's message is the result of. */
  toolCallId: z.string().optional(),
};
export const finishReason = z.enum(["stop", "length", "tool_calls", "content_filter"]);
export const status = z.enum(["running", "complete", "interrupted", "cancelled"]);
export const count = z.int().min(0);
export const seq = z.int().min(1);
export const time = z.iso.datetime();

/** One line. */
export const name = z
  .string()
  .regex(/^[^\p{Cc}\u2028\u2029]{1,128}$/u, "must be 1 to 128 characters in one line")
  .refine(wellFormed, WELL_FORMED);

/**
 * An id that may stand in a path, a header and a line of a stream. `.` and `..` are refused, because clients and proxies
 * resolve them as parts of a path.
 */
export const identifier = (longest: number) =>
  z
    .string()
    .regex(
      new RegExp(`^[A-Za-z0-9._:@+-]{1,${longest}}$`),
      `must be 1 to ${longest} of the characters A-Z a-z 0-9 . _ : @ + -`,
    )
    .refine((id) => id !== "." && id !== "..", "must be neither `.` nor `..`");

export const sessionId = identifier(128);

/** The person whom a session belongs to. */
export const userId = sessionId;

/** A UUID, unless an import brought another. */
export const turnId = identifier(128);

export const sessionParam = z.object({ sessionId });

export const timeZone = z.string().max(64).refine(isTimeZone, "must be an IANA time zone such as Europe/Lisbon");

export const askRequest = z.object({
  sessionId,
  /** Whose question it is; the session belongs to the first who is named. */
  userId: userId.optional(),
  question: content,
  /** Tokens that the answer may have; `REPLY_TOKENS` by default. */
  maxTokens: z.int().min(1).max(MAX_REPLY_TOKENS).optional(),
  temperature: z.number().min(0).max(2).optional(),
  /** The time zone of the person who asks, an IANA name; `TIME_ZONE` by default. Days of prompt and question are in it. */
  timeZone: timeZone.optional(),
  /** Server-sent events instead of JSON; so does `Accept: text/event-stream`. */
  stream: z.boolean().optional(),
  /** While another turn of the session runs: wait in line, up to 16, or be refused. */
  onBusy: z.enum(["queue", "reject"]).optional(),
});

export const askHeaders = z.object({
  accept: z.string().optional(),
  /** The same key and body is the same turn, for 24 hours. */
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
    .optional(),
});

export const usage = z.object({
  promptTokens: count,
  completionTokens: count,
  totalTokens: count,
  /** Tokens of the prompt that the model had in its cache; absent where it does not say. */
  cachedTokens: count.optional(),
});

/** `words` and `meaning` are the parts of the score; absent where words alone decided. */
export const scored = z.object({
  seq,
  score: z.number(),
  words: z.number().optional(),
  meaning: z.number().optional(),
});

/** As an export has it, which names no session and no user. */
export const exportedMemory = z.object({
  tokens: count,
  window: z
    .object({
      fromSeq: seq,
      toSeq: seq,
      /** Messages that the prompt shortens, and the characters that it leaves out. */
      shortened: z
        .array(z.object({ seq, leftOut: count }))
        .max(10_000)
        .optional(),
    })
    .nullable(),
  recalled: z.array(scored),
  recall: z.enum(["words", "words+meaning"]),
  omitted: count,
  /** What each part of the prompt takes, in estimated tokens. */
  prompt: z
    .object({
      ...{ system: count, facts: count, window: count, recalled: count, question: count },
      /** Room for the reply. */
      reply: count,
      /** What prompt and reply may take together, and what the model takes at most. */
      ...{ limit: count, modelWindow: count },
    })
    .optional(),
});

export const memory = exportedMemory.extend({
  recalled: z.array(scored.extend({ sessionId })),
  /** Where a user was named: whether what is known of them came in time, and the ids of the facts in the prompt. */
  user: z.object({ answered: z.boolean(), facts: z.array(z.string()) }).optional(),
});

export const askResponse = z.object({
  answer: z.string(),
  toolCalls: toolCalls.optional(),
  sessionId,
  turnId,
  model: z.string(),
  finishReason: finishReason.nullable(),
  usage,
  memory,
});

export const turnParam = z.object({ sessionId, turnId });

export const turnResponse = askResponse.extend({
  status,
  question: z.string(),
  createdAt: time,
  finishedAt: time.nullable(),
});

export const streamHeaders = z.object({
  /** The id of the last event that the client has: `<turnId>:<characters of the answer>`, with `:done` at the end of the last event. */
  "last-event-id": z
    .string()
    .regex(/^[A-Za-z0-9._:@+-]{1,128}:\d{1,9}(?::done)?$/, "must be the id of an event")
    .optional(),
});

export const followQuery = z.object({
  /** A session token, for a browser's EventSource, which sends no headers. */
  access_token: z.string().max(8_192).optional(),
});

export const resetRequest = z.object({ sessionId });
export const resetResponse = z.object({ ok: z.literal(true), sessionId, deleted: count });

/** Sessions that one session token may name: with the longest ids, the token fits into a header of 8 KiB. */
export const MAX_TOKEN_SESSIONS = 32;

export const tokenRequest = z
  .object({
    /** The sessions that the token opens; or instead the user whose sessions, those that are empty and facts it opens. */
    sessionIds: z.array(sessionId).min(1).max(MAX_TOKEN_SESSIONS).optional(),
    userId: userId.optional(),
    /** Seconds until it expires: a day at most. */
    expiresIn: z.int().min(1).max(86_400).default(3_600),
  })
  .refine(({ sessionIds, userId }) => (sessionIds === undefined) !== (userId === undefined), {
    path: ["sessionIds"],
    error: "give either `sessionIds` or `userId`",
  });
export const tokenResponse = z.object({ token: z.string(), expiresAt: time });

export const healthResponse = z.object({
  ok: z.literal(true),
  path: z.string(),
  version: z.string(),
  model: z.string(),
});

export const debugResponse = z.object({
  method: z.string(),
  path: z.string(),
  url: z.string(),
  contentType: z.string().nullable(),
  version: z.string(),
  model: z.string(),
  bindings: z.array(z.string()),
});

export const startEvent = askResponse.pick({ sessionId: true, turnId: true, model: true, memory: true });
export const deltaEvent = z.object({ text: z.string() });

export const openapiResponse = z.looseObject({ openapi: z.literal("3.1.0") });

const rpcId = z.union([z.string(), z.number()], { error: "must be text or a number" });
const rpcError = z.object({ code: z.int(), message: z.string() });

/** A message of JSON-RPC 2.0, as the Model Context Protocol has it; without an id it wants no answer. */
export const mcpRequest = z
  .object({
    jsonrpc: z.literal("2.0"),
    id: rpcId.optional(),
    method: z.string().optional(),
    params: z.looseObject({}).nullish(),
    /** Of a reply, which has no method. */
    result: z.unknown().optional(),
    error: z.unknown().optional(),
  })
  .refine(({ method, result, error }) => method !== undefined || result !== undefined || error !== undefined, {
    path: ["method"],
    error: "must be text",
  });
export const mcpResponse = z.object({
  jsonrpc: z.literal("2.0"),
  id: rpcId,
  result: z.looseObject({}).optional(),
  error: rpcError.optional(),
});
/** A message that was not read: its id is not known. */
export const mcpError = z.object({ jsonrpc: z.literal("2.0"), id: z.null(), error: rpcError });

/** RFC 9457. */
export const problem = z.object({
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
