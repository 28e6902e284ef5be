import { failed, ok, type Result } from "../../turn/result";
import { thrownFailure } from "../sqlite/try-write";
import type { Session } from "./session";
import type { UserSync } from "./user-sync";

/**
 * Deletes a message that was appended, in the user's object first.
 * @returns `message_not_found`, or `message_of_a_turn`
 */
export async function deleteMessage({ store }: Session, sync: UserSync, seq: number): Promise<Result<void>> {
  const { generation } = store;
  const found = store.messages.shown([seq]);
  const [message] = found;
  if (!message) return failed({ reason: "message_not_found" });
  if (message.turnId !== undefined) return failed({ reason: "message_of_a_turn" });
  try {
    if (!(await sync.retract(seq, seq))) return failed({ reason: "user_unreachable" });
    // The session was emptied meanwhile, or another request has deleted the message.
    const isThere = store.messages.shown([seq]).length > 0 || store.removals.hides(seq);
    if (store.generation === generation && isThere) store.removals.remove(found);
    return ok(undefined);
  } catch (error) {
    return failed(thrownFailure(error));
  }
}
