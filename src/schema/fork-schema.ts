/** Shapes of a fork. */
import * as z from "zod/mini";
import { seq, sessionId, userId } from "./common-schema";
import { count, described, nullable, object, optional } from "./fields";

export const forkRequest = z.strictObject({
  before: optional("Copies only the messages before this number; default: all.", seq),
  sessionId: optional("The id of the new session; default: a new UUID.", sessionId),
  userId: optional("The user of the session. The new session belongs to the same user.", userId),
});

export const forkResponse = () =>
  z.object({
    sessionId: described("The id of the new session.", sessionId),
    forkedFrom: object("The origin of the copy.", {
      sessionId: described("The id of the session that was copied.", sessionId),
      before: nullable("The number before which messages were copied; null for all.", seq),
    }),
    messages: count("The number of copied messages."),
  });
