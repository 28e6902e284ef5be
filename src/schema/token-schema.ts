import * as z from "zod";
import { sessionId, time, userId } from "./common-schema";

/** The most sessions of one session token. With ids of 128 characters, the token fits into a header of 8 KiB. */
export const MAX_TOKEN_SESSIONS = 32;

export const tokenRequest = z
  .strictObject({
    sessionIds: z
      .array(sessionId)
      .min(1)
      .max(MAX_TOKEN_SESSIONS)
      .describe("The sessions that the token gives access to. Set either this or `userId`.")
      .optional(),
    userId: userId
      .describe("The user whose sessions and facts, and new sessions, the token gives access to.")
      .optional(),
    expiresIn: z.int().min(1).max(86_400).describe("Seconds until the token expires, up to a day.").default(3_600),
  })
  .refine(({ sessionIds, userId }) => (sessionIds === undefined) !== (userId === undefined), {
    path: ["sessionIds"],
    error: "give either `sessionIds` or `userId`",
  });

export const tokenResponse = () =>
  z.object({
    token: z.string().describe("The token, to be sent as `authorization: Bearer <token>`."),
    expiresAt: time.describe("The time at which it expires."),
  });
