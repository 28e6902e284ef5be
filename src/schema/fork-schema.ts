/** Shapes of a fork. */
import * as z from "zod/mini";
import { seq, sessionId, userId } from "./common-schema";
import { int } from "./fields";

export const forkRequest = z.strictObject({
  /** Copies only the messages before this number; default: all. */
  before: z.optional(seq),
  /** The id of the new session; default: a new UUID. */
  sessionId: z.optional(sessionId),
  /** The user of the session. The new session belongs to the same user. */
  userId: z.optional(userId),
});

export const forkResponse = () =>
  z.object({
    /** The id of the new session. */
    sessionId,
    /** The origin of the copy. */
    forkedFrom: z.object({
      /** The id of the session that was copied. */
      sessionId,
      /** The number before which messages were copied; null for all. */
      before: z.nullable(seq),
    }),
    /** The number of copied messages. */
    messages: int(0),
  });
