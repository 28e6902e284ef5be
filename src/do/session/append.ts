import { failed, ok, type Result } from "../../turn/result";
import { byTime, isOlder } from "../../turn/time-order";
import type { NewMessage } from "../../turn/types";
import type { Appended } from "./append-keys";
import type { AskRequest } from "./ask-request";
import { ofUser } from "./idempotency";
import type { Session } from "./session";
import type { UserSync } from "./user-sync";

/**
 * Appends messages to a session in the order of their times, all or none, when the call is first in the queue. A repeated
 * idempotency key returns the first result.
 * @returns `older_than_session` if they begin before the session's newest message; `idempotency_conflict` for a key of
 *   other messages
 */
export function appendMessages(
  session: Session,
  sync: UserSync,
  messages: NewMessage[],
  { user, limits, idempotency: sent, learn }: Partial<AskRequest> = {},
): Promise<Result<Appended>> {
  const { store } = session;
  const arrivedAt = Date.now();
  return session.whenFirst(async () => {
    const refusal = sync.refusal(user);
    if (refusal) return failed(refusal);
    const idempotency = sent && ofUser(sent, user?.object);
    const known = idempotency && store.appendOf(idempotency.key);
    if (known) {
      const { fingerprint, firstSeq, lastSeq } = known;
      return fingerprint === idempotency.fingerprint
        ? ok({ firstSeq, lastSeq })
        : failed({ reason: "idempotency_conflict" });
    }
    if (limits && !store.hasRoom(messages.length, limits)) return failed({ reason: "session_full" });
    const { generation } = store;
    const owner = user && (await sync.joining.join(user));
    if (owner && !owner.ok) return owner;
    if (store.generation !== generation) return failed({ reason: "turn_cancelled" });
    const ordered = byTime(messages, Date.now());
    const [newest] = store.messages.page(undefined, 1);
    // A turn may have ended while the messages waited, and the newest message may have been written by a fast clock.
    if (isOlder(ordered, newest && Math.min(newest.createdAt, arrivedAt)))
      return failed({ reason: "older_than_session" });
    const appended = store.append(ordered, owner?.value, idempotency);
    // Without an await in between, both are written together.
    if (learn) store.ownership.markLearning(appended.firstSeq, appended.lastSeq);
    return ok(appended);
  });
}
