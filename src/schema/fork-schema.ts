/** Shapes of a fork. */
import * as z from "zod";
import { count, seq, sessionId, userId } from "./common-schema";

export const forkRequest = z.strictObject({
  before: seq.describe("Copies only the messages before this number; default: all.").optional(),
  sessionId: sessionId.describe("The id of the new session; default: a new UUID.").optional(),
  userId: userId.describe("The user of the session. The new session belongs to the same user.").optional(),
});

export const forkResponse = () =>
  z.object({
    sessionId: sessionId.describe("The id of the new session."),
    forkedFrom: z
      .object({
        sessionId: sessionId.describe("The id of the session that was copied."),
        before: seq.nullable().describe("The number before which messages were copied; null for all."),
      })
      .describe("The origin of the copy."),
    messages: count.describe("The number of copied messages."),
  });
