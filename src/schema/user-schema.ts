/** Shapes on the wire of what is known of a user beyond one session. */
import * as z from "zod";
import { MAX_FACT } from "../turn/user-memory";
import { count, identifier, seq, sessionId, time, userId, WELL_FORMED, wellFormed } from "./common-schema";
import { positive, recalled } from "./session-schema";

export const userParam = z.object({ userId });

export const userSessionsQuery = z.object({
  limit: positive(1_000).default(50),
  /** The `nextCursor` of the page before. */
  cursor: z
    .string()
    .regex(/^\d{1,15}~[A-Za-z0-9._:@+-]{1,128}$/, "must be the `nextCursor` of a page")
    .optional(),
});

/** Newest first, by what was said last. */
export const userSessionsResponse = z.object({
  data: z.array(
    z.object({
      sessionId,
      /** The one that it was given, else the beginning of its first question; null where there is neither. */
      title: z.string().nullable(),
      messages: count,
      firstAt: time,
      lastAt: time,
    }),
  ),
  nextCursor: z.string().nullable(),
});

export const userSearchResponse = z.object({ data: z.array(recalled) });

const text = z.string().trim().min(1).max(MAX_FACT).refine(wellFormed, WELL_FORMED);

const place = z.object({ sessionId, seq });

export const factRequest = z.object({
  text,
  /** Where it was learnt, if anywhere. */
  source: place.optional(),
});

export const factChange = z.object({ text });

export const factParam = z.object({ userId, factId: identifier(64) });

export const fact = z.object({
  id: z.string(),
  text: z.string(),
  source: place.nullable(),
  createdAt: time,
  updatedAt: time,
});

/** Newest first: all there are. */
export const factsResponse = z.object({ data: z.array(fact) });

export const factDeleted = z.object({ ok: z.literal(true), id: z.string() });

/** How much was deleted in all, where it took several requests too. */
export const userDeleted = z.object({
  ok: z.literal(true),
  userId,
  sessions: count,
  messages: count,
  facts: count,
});
