import { failed, ok, type Result } from "../../turn/result";
import type { SessionUser } from "./ask-request";
import type { Session } from "./session";
import type { UserSync } from "./user-sync";

/**
 * Moves a session to another user, when the call is first in the queue. Deletes it in the object of the former user, with
 * the facts learned from it, and sends all messages to the new one; the alarm continues if an object does not answer.
 * @param from in a merge, the object of the user that it must belong to: its facts stay there, and follow later
 * @returns whether it was moved; `session_empty`, `user_unreachable`, `user_being_deleted`
 */
export function moveSession(
  session: Session,
  sync: UserSync,
  user: SessionUser,
  from?: string,
): Promise<Result<boolean>> {
  const { store } = session;
  return session.whenFirst(async () => {
    const { ownership, generation } = store;
    const { owner } = ownership;
    if (owner?.user === user.object || (from !== undefined && owner?.user !== from)) return ok(false);
    if (from === undefined && store.messages.count() === 0) return failed({ reason: "session_empty" });
    // The record of an earlier move is overwritten below.
    if (!(await session.forgetFormer())) return failed({ reason: "user_unreachable" });
    const claimed = await sync.joining.claim(user);
    if (!claimed.ok) return claimed;
    // The session or its former user was deleted meanwhile.
    if (store.generation !== generation) return failed({ reason: "turn_cancelled" });
    const { imported, copied, learn, told, resend } = ownership.owner ?? {};
    // After a merge nothing is learned again, and copied messages are not stored again.
    const kept = from === undefined ? { imported } : { imported: Math.max(imported ?? 0, told ?? 0), copied };
    // If a removal is pending, the facts are deleted: one of a removed turn must not move.
    const merge = from !== undefined && resend === undefined ? "leaving" : undefined;
    ownership.move({ ...claimed.value, ...kept, learn }, merge);
    store.listing.mark(true);
    await session.leaveFormer();
    return ok(true);
  });
}
