/** Shapes of a user and their sessions. */
import * as z from "zod/mini";
import { sessionId, userId } from "./common-schema";
import { always, count, described, intFromText, nullable, objects, optional, pattern, time } from "./fields";
import { shownTitle } from "./session-schema";

export const userParam = z.object({ userId });

export const userSessionsQuery = z.object({
  limit: z._default(described("The number of sessions of a page.", intFromText(1, 1_000)), 50),
  cursor: optional(
    "The `nextCursor` of the previous page.",
    pattern(/^-?\d{1,15}~[A-Za-z0-9._:@+-]{1,128}$/, "must be the `nextCursor` of a page"),
  ),
});

export const userSessionsResponse = () =>
  z.object({
    data: objects("The sessions, newest first.", {
      sessionId,
      title: shownTitle(),
      messages: count("The number of messages."),
      firstAt: time("The time of the first message."),
      lastAt: time("The time of the last message."),
    }),
    nextCursor: nullable("The `cursor` of the next page; null on the last page.", z.string()),
  });

export const userDeleted = () =>
  z.object({
    ok: always(true),
    userId,
    sessions: count("The number of deleted sessions, those of earlier failed requests included."),
    messages: count("The number of deleted messages."),
    facts: count("The number of deleted facts."),
  });
