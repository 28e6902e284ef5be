/** Shapes of a tenant's directory. */
import * as z from "zod/mini";
import { sessionId, userId } from "./common-schema";
import { count, described, intFromText, nullable, objects, optional, pattern, time } from "./fields";
import { shownTitle } from "./session-schema";

export const directoryQuery = z.object({
  limit: z._default(described("The number of entries of a page.", intFromText(1, 100)), 50),
  cursor: optional(
    "The `nextCursor` of the previous page.",
    pattern(/^-?\d{1,15}~[^\p{Cc}]{1,128}$/u, "must be the `nextCursor` of a page"),
  ),
});

const nextCursor = () => nullable("The `cursor` of the next page; null on the last page.", z.string());

export const directorySessions = () =>
  z.object({
    data: objects("The sessions, newest first.", {
      sessionId,
      userId: z.optional(userId),
      title: shownTitle(),
      messages: count("The number of messages."),
      firstAt: time("The time of the first message."),
      lastAt: time("The time of the last message."),
    }),
    nextCursor: nextCursor(),
  });

export const directoryUsers = () =>
  z.object({
    data: objects("The users, newest first.", {
      userId,
      sessions: count("The number of their sessions."),
      lastAt: time("The time of their last message."),
    }),
    nextCursor: nextCursor(),
  });
