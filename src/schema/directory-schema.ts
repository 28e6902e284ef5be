/** Shapes of a tenant's directory. */
import * as z from "zod/mini";
import { sessionId, userId } from "./common-schema";
import { datetime, int, intFromText, pattern } from "./fields";
import { shownTitle } from "./session-schema";

export const directoryQuery = z.object({
  /** The number of entries of a page. */
  limit: z._default(intFromText(1, 100), 50),
  /** The `nextCursor` of the previous page. */
  cursor: z.optional(pattern(/^-?\d{1,15}~[^\p{Cc}]{1,128}$/u, "must be the `nextCursor` of a page")),
});

/** The `cursor` of the next page; null on the last page. */
const nextCursor = z.nullable(z.string());

export const directorySessions = () =>
  z.object({
    /** The sessions, newest first. */
    data: z.array(
      z.object({
        sessionId,
        userId: z.optional(userId),
        title: shownTitle(),
        /** The number of messages. */
        messages: int(0),
        /** The time of the first message. */
        firstAt: datetime(),
        /** The time of the last message. */
        lastAt: datetime(),
      }),
    ),
    nextCursor,
  });

export const directoryUsers = () =>
  z.object({
    /** The users, newest first. */
    data: z.array(
      z.object({
        userId,
        /** The number of their sessions. */
        sessions: int(0),
        /** The time of their last message. */
        lastAt: datetime(),
      }),
    ),
    nextCursor,
  });
