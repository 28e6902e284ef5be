/** The calls from a user's object to the objects of the user's sessions, and the deletion of a user. */
import { log } from "../../log";
import { objectOf } from "../../object-of";
import { failed, ok, type Result } from "../../turn/result";
import { thrownFailure } from "../sqlite/try-write";
import type { UserBindings } from "./session-object";
import type { Unwritten } from "./user-sessions";
import type { Deletion, ObjectNames, UserStore } from "./user-store";

/** Sessions that one call deletes, and how many of them at once. Each costs a call of its object. */
const BATCH = 32;
const AT_ONCE = 8;
/** Milliseconds until an alarm retries a deletion that failed. */
const PAUSE_MS = 60_000;

/** The counts of deleted sessions, messages and facts, and whether the user is deleted completely. */
export type Deleted = Pick<Deletion, "sessions" | "messages" | "facts"> & { done: boolean };

export class UserDeletion {
  readonly #env: UserBindings;
  readonly #store: UserStore;

  constructor(env: UserBindings, store: UserStore) {
    this.#env = env;
    this.#store = store;
  }

  /** Deletes the next sessions, and after the last one everything else. Rejects if the storage fails. */
  async run(names: ObjectNames): Promise<Result<Deleted>> {
    this.#store.beginDeletion(names);
    const batch = this.#store.sessions.first(BATCH);
    for (let at = 0; at < batch.length; at += AT_ONCE) {
      const part = batch.slice(at, at + AT_ONCE);
      const deleted = await Promise.all(part.map(({ id }) => this.#deleteSession(names, id)));
      for (const [index, session] of part.entries()) if (deleted[index]) this.#store.countDeleted(session);
      if (deleted.includes(false)) return failed({ reason: "user_half_deleted" });
    }
    const { deletion } = this.#store;
    // Another call has finished the deletion: a fact that was stored since stays.
    if (!deletion) return ok({ sessions: 0, messages: 0, facts: 0, done: true });
    const { sessions, messages, facts } = deletion;
    const done = this.#store.sessions.empty;
    if (done) await this.#store.clear();
    return ok({ sessions, messages, facts, done });
  }

  /** Has a session's object delete itself. @returns whether it did */
  async #deleteSession({ object, prefix }: ObjectNames, sessionId: string): Promise<boolean> {
    try {
      return (await objectOf(this.#env.CHAT_DO, prefix + sessionId, this.#env).leave(object)).ok;
    } catch (error) {
      log("warn", "session_not_deleted", { cause: String(error) });
      return false;
    }
  }

  /** Returns whether a session has stored something in its epoch, or may be about to; true if its object does not answer. */
  async isWritten(user: string | undefined, { id, epoch }: Unwritten): Promise<boolean> {
    if (user === undefined) return true;
    try {
      const prefix = user.slice(0, user.lastIndexOf("/") + 1);
      return await objectOf(this.#env.CHAT_DO, prefix + id, this.#env).holds(user, epoch);
    } catch (error) {
      log("warn", "session_unreachable", { cause: String(error) });
      return true;
    }
  }

  /** Continues a deletion that failed. @returns when to try again; null when it is done */
  async resume(): Promise<number | null> {
    const { deletion } = this.#store;
    if (!deletion) return null;
    const result = await this.run(deletion).catch((error: unknown) => failed(thrownFailure(error)));
    if (result.ok && result.value.done) return null;
    return Date.now() + (result.ok ? 0 : PAUSE_MS);
  }
}
