import { failed, ok, type Result } from "../../turn/result";
import { thrownFailure } from "../sqlite/try-write";
import type { Session } from "./session";
import type { UserSync } from "./user-sync";

/** Deletes the messages of a turn that has ended, in the user's object first. @returns their number */
export async function deleteTurn(
  session: Session,
  sync: UserSync,
  turnId: string,
): Promise<Result<{ deleted: number }>> {
  const { store } = session;
  const { removals, generation } = store;
  try {
    session.endLostTurn();
    const own = removals.messagesOf(turnId);
    const [first, last] = [own[0], own.at(-1)];
    if (first && last && !(await sync.retract(first.seq, last.seq))) return failed({ reason: "user_unreachable" });
    // The session may have been emptied meanwhile, or another turn hides this one to replace it.
    const left = removals.messagesOf(turnId);
    const hidden = own.filter(({ seq }) => removals.hides(seq));
    if (store.generation === generation) removals.remove(left.length > 0 ? left : hidden);
    return ok({ deleted: own.length });
  } catch (error) {
    return failed(thrownFailure(error));
  }
}
