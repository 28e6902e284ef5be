/** Calls of the objects of a user's sessions. */
import { log } from "../../log";
import { objectOf, type Placement } from "../../object-of";
import type { Result } from "../../turn/result";
import type { Unwritten } from "./user-sessions";
import type { ObjectNames } from "./user-store";

/** The methods of a session's object that a user's object calls. */
interface SessionObject extends Rpc.DurableObjectBranded {
  leave(user: string): Promise<Result<void>>;
  holds(user: string, epoch: string): boolean;
}

export interface SessionObjects extends Placement {
  CHAT_DO: DurableObjectNamespace<SessionObject>;
}

/** Has a session's object delete itself. @returns whether it did */
export async function deleteSession(
  env: SessionObjects,
  { object, prefix }: ObjectNames,
  id: string,
): Promise<boolean> {
  try {
    return (await objectOf(env.CHAT_DO, prefix + id, env).leave(object)).ok;
  } catch (error) {
    log("warn", "session_not_deleted", { cause: String(error) });
    return false;
  }
}

/**
 * Returns whether a session has stored something in its epoch, or may be about to; true if its object does not answer.
 * @param user the name of the user's object
 */
export async function isWritten(
  env: SessionObjects,
  user: string | undefined,
  { id, epoch }: Unwritten,
): Promise<boolean> {
  if (user === undefined) return true;
  try {
    const prefix = user.slice(0, user.lastIndexOf("/") + 1);
    return await objectOf(env.CHAT_DO, prefix + id, env).holds(user, epoch);
  } catch (error) {
    log("warn", "session_unreachable", { cause: String(error) });
    return true;
  }
}
