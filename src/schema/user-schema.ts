/** Shapes of a user and their sessions. */
import * as z from "zod/mini";
import { sessionId, userId } from "./common-schema";
import { datetime, int, intFromText, pattern } from "./fields";
import { shownTitle } from "./session-schema";

export const userParam = z.object({ userId });

export const userSessionsQuery = z.object({
  /** The number of sessions of a page. */
  limit: z._default(intFromText(1, 1_000), 50),
  /** The `nextCursor` of the previous page. */
  cursor: z.optional(pattern(/^-?\d{1,15}~[A-Za-z0-9._:@+-]{1,128}$/, "must be the `nextCursor` of a page")),
});

export const userSessionsResponse = () =>
  z.object({
    /** The sessions, newest first. */
    data: z.array(
      z.object({
        sessionId,
        title: shownTitle(),
        /** The number of messages. */
        messages: int(0),
        /** The time of the first message. */
        firstAt: datetime(),
        /** The time of the last message. */
        lastAt: datetime(),
      }),
    ),
    /** The `cursor` of the next page; null on the last page. */
    nextCursor: z.nullable(z.string()),
  });

export const userMerge = z.strictObject({
  /** The user whose sessions and facts are moved. */
  from: userId,
});

export const userMerged = () =>
  z.object({
    ok: z.literal(true),
    userId,
    /** The number of sessions that were moved. */
    sessions: int(0),
    /** The number of facts that were new to the user. */
    facts: int(0),
    /** False if sessions or facts are left: repeat the request. */
    done: z.boolean(),
  });

export const userDeleted = () =>
  z.object({
    ok: z.literal(true),
    userId,
    /** The number of deleted sessions, those of earlier failed requests included. */
    sessions: int(0),
    /** The number of deleted messages. */
    messages: int(0),
    /** The number of deleted facts. */
    facts: int(0),
  });
