import * as z from "zod/mini";
import { sessionId, userId } from "./common-schema";
import { datetime, int } from "./fields";

/** The most sessions of one session token. With ids of 128 characters, the token fits into a header of 8 KiB. */
export const MAX_TOKEN_SESSIONS = 32;

export const tokenRequest = z
  .strictObject({
    /** The sessions that the token gives access to. Set either this or `userId`. */
    sessionIds: z.optional(z.array(sessionId).check(z.minLength(1), z.maxLength(MAX_TOKEN_SESSIONS))),
    /** The user whose sessions and facts, and new sessions, the token gives access to. */
    userId: z.optional(userId),
    /** Seconds until the token expires, up to a day. */
    expiresIn: z._default(int(1, 86_400), 3_600),
  })
  .check(
    z.refine(({ sessionIds, userId }) => (sessionIds === undefined) !== (userId === undefined), {
      path: ["sessionIds"],
      error: "give either `sessionIds` or `userId`",
    }),
  );

export const tokenResponse = () =>
  z.object({
    /** The token, to be sent as `authorization: Bearer <token>`. */
    token: z.string(),
    /** The time at which it expires. */
    expiresAt: datetime(),
  });
