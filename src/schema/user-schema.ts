/** Shapes of a user and their sessions. */
import * as z from "zod";
import { count, positive, sessionId, time, userId } from "./common-schema";
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

export const userDeleted = () =>
  z.object({
    ok: z.literal(true).describe("Always true."),
    userId,
    sessions: count.describe("The number of deleted sessions, those of earlier failed requests included."),
    messages: count.describe("The number of deleted messages."),
    facts: count.describe("The number of deleted facts."),
  });
