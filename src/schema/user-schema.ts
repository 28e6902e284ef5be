/** Shapes of a user: sessions and facts. */
import * as z from "zod";
import { MAX_FACT } from "../turn/user-memory";
import { count, identifier, positive, seq, sessionId, time, userId, WELL_FORMED, wellFormed } from "./common-schema";
import { shownTitle } from "./session-schema";

export const userParam = z.object({ userId });

export const userSessionsQuery = z.object({
  limit: positive(1_000).describe("The number of sessions of a page.").default(50),
  cursor: z
    .string()
    .regex(/^\d{1,15}~[A-Za-z0-9._:@+-]{1,128}$/, "must be the `nextCursor` of a page")
    .describe("The `nextCursor` of the previous page.")
    .optional(),
});

export const userSessionsResponse = () =>
  z.object({
    data: z
      .array(
        z.object({
          sessionId,
          title: shownTitle(),
          messages: count.describe("The number of messages."),
          firstAt: time.describe("The time of the first message."),
          lastAt: time.describe("The time of the last message."),
        }),
      )
      .describe("The sessions, newest first."),
    nextCursor: z.string().nullable().describe("The `cursor` of the next page; null on the last page."),
  });

const text = z
  .string()
  .trim()
  .min(1)
  .max(MAX_FACT)
  .refine(wellFormed, WELL_FORMED)
  .describe("The statement, for example `Ana keeps bees in Lisbon.`");

const source = z.strictObject({ sessionId, seq }).describe("The message that the fact comes from.");

export const factRequest = z.strictObject({ text, source: source.optional() });

export const factChange = z.strictObject({ text });

const factId = identifier(64).describe("The id of the fact.");
export const factParam = z.object({ userId, factId });

export const fact = () =>
  z.object({
    id: z.string().describe("The id of the fact."),
    text: z.string().describe("The statement."),
    source: source.nullable().describe("The message that the fact comes from; null if it is unknown."),
    createdAt: time.describe("The time at which the fact was added."),
    updatedAt: time.describe("The time of the last edit."),
  });

export const factsResponse = () => z.object({ data: z.array(fact()).describe("All facts, newest first.") });

export const factDeleted = () =>
  z.object({
    ok: z.literal(true).describe("Always true."),
    id: z.string().describe("The id of the deleted fact."),
  });

export const userDeleted = () =>
  z.object({
    ok: z.literal(true).describe("Always true."),
    userId,
    sessions: count.describe("The number of deleted sessions, those of earlier failed requests included."),
    messages: count.describe("The number of deleted messages."),
    facts: count.describe("The number of deleted facts."),
  });
