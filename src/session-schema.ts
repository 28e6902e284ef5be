/** Shapes on the wire of what a session remembers. */
import * as z from "zod";
import { MAX_CONTENT } from "./limits";
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
  userId,
} from "./schema";

export const sessionResponse = z.object({
  sessionId,
  messages: count,
  tokens: count,
  firstAt: time.nullable(),
  lastAt: time.nullable(),
  /** Messages that have a vector of their meaning; absent without `EMBEDDING_MODEL`. */
  vectors: count.optional(),
});

const positive = (max: number) => z.coerce.number().int().min(1).max(max);

export const historyQuery = z.object({
  limit: positive(1_000).default(50),
  before: positive(Number.MAX_SAFE_INTEGER).optional(),
});

export const message = z.object({
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
        createdAt: z.iso.datetime({ offset: true }).optional(),
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
