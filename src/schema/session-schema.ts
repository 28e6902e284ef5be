/** Shapes on the wire of what a session remembers. */
import * as z from "zod";
import { MAX_CONTENT } from "../limits";
import { FUTURE_MS } from "../turn/time-order";
import {
  anyRole,
  called,
  content,
  count,
  memory,
  name,
  role,
  scored,
  seq,
  sessionId,
  status,
  time,
  timeZone,
  userId,
  WELL_FORMED,
  wellFormed,
} from "./common-schema";

export const sessionResponse = z.object({
  sessionId,
  /** The one that it was given, else the beginning of its first question; null where there is neither. */
  title: z.string().nullable(),
  messages: count,
  tokens: count,
  firstAt: time.nullable(),
  lastAt: time.nullable(),
  /** Messages that have a vector of their meaning; absent without `EMBEDDING_MODEL`. */
  vectors: count.optional(),
});

/** A number of a query, from 1 to this. */
export const positive = (max: number) => z.coerce.number().int().min(1).max(max);

export const sessionChange = z.object({
  /** One line. */
  title: z
    .string()
    .trim()
    .regex(/^[^\p{Cc}\u2028\u2029]{1,200}$/u, "must be 1 to 200 characters in one line")
    .refine(wellFormed, WELL_FORMED),
});
export const sessionChanged = z.object({ ok: z.literal(true), sessionId, title: z.string() });

export const historyQuery = z.object({
  /** Only these messages: up to 100 of their numbers, separated by commas. The other fields have no effect then. */
  seq: z
    .string()
    .regex(/^[1-9]\d{0,14}(?:,[1-9]\d{0,14}){0,99}$/, "must be up to 100 numbers, separated by commas")
    .transform((list) => list.split(",").map(Number))
    .optional(),
  limit: positive(1_000).default(50),
  before: positive(Number.MAX_SAFE_INTEGER).optional(),
});

const message = z.object({
  seq,
  role: anyRole,
  name: z.string().optional(),
  content: z.string(),
  ...called,
  tokens: count,
  createdAt: time,
  turnId: z.string().optional(),
  status,
});

export const historyResponse = z.object({ data: z.array(message), nextCursor: seq.nullable() });

export const appendRequest = z.object({
  /** Whose session it is, as with an ask. */
  userId: userId.optional(),
  messages: z
    .array(
      z.object({
        role,
        content,
        name: name.optional(),
        createdAt: z.iso
          .datetime({ offset: true })
          .refine((value) => Date.parse(value) <= Date.now() + FUTURE_MS, "must not be in the future")
          .optional(),
      }),
    )
    .min(1)
    .max(1_000),
});

export const appendResponse = z.object({ sessionId, appended: count, firstSeq: seq, lastSeq: seq });

export const searchQuery = z.object({ q: z.string().min(1).max(MAX_CONTENT), limit: positive(100).default(10) });

export const searchRequest = z.object({ q: content, limit: z.int().min(1).max(100).default(10) });

export const recalled = scored.extend({
  sessionId,
  role: anyRole,
  name: z.string().optional(),
  content: z.string(),
  createdAt: time,
});

export const searchResponse = z.object({ data: z.array(recalled) });

export const importResponse = z.object({ sessionId, messages: count });

const tokens = z.int().min(0).max(100_000);

export const contextRequest = z.object({
  question: content,
  /** Who would ask. */
  userId: userId.optional(),
  /** As with an ask. */
  timeZone: timeZone.optional(),
  /** Tokens for recalled messages; `RECALL_TOKENS` by default. */
  recallTokens: tokens.optional(),
  /** Tokens for the recent window; what recall leaves by default. */
  windowTokens: tokens.optional(),
});

export const contextResponse = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: anyRole, content: z.string(), ...called })),
  promptTokens: count,
  budget: z.object({ context: count, reply: count, recall: count, window: count }),
  memory: memory.extend({ recalled: z.array(recalled) }),
});
