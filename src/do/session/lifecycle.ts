/** How a session ends: emptied, deleted, deleted with its user, or when nobody has used it for `SESSION_TTL_DAYS`. */
import { type Failure, failed, ok, type Result } from "../../turn/result";
import { storageFailed } from "../sqlite/try-write";
import type { SessionTurns } from "./session-turns";
import type { Store } from "./store";
import type { Transfer } from "./transfer";
import type { Line } from "./turn-queue";
import type { UserLink } from "./user-sync";

const DAY_MS = 86_400_000;

interface Deps {
  store: Store;
  line: Line;
  turns: SessionTurns;
  transfer: Transfer;
  user: UserLink;
  /** Days after its last use after which the session is deleted; 0 for never. */
  days: () => number;
}

export class SessionEnd {
  readonly #deps: Deps;
  #planned = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Empties the session, once its user's object has forgotten it. */
  async reset(): Promise<Result<{ deleted: number }>> {
    if (!(await this.#deps.user.forget())) return failed({ reason: "user_unreachable" });
    return this.#empty(() => this.#deps.store.clear());
  }

  /** As {@link reset}, and gives the storage back. */
  async destroy(): Promise<Result<{ deleted: number }>> {
    if (!(await this.#deps.user.forget())) return failed({ reason: "user_unreachable" });
    return this.#destroy();
  }

  /** Deletes the session if it belongs to a user who is being deleted. Otherwise refuses the turns and writes of that user. */
  async leave(user: string): Promise<Result<void>> {
    const failure: Failure = { reason: "user_being_deleted" };
    this.#deps.user.joining.leave();
    if (this.#deps.store.ownership.owner?.user !== user) {
      this.#deps.turns.cancelOf(user, failure);
      return ok(undefined);
    }
    const gone = await this.#destroy(failure);
    return gone.ok ? ok(undefined) : gone;
  }

  /** Deletes the rest of a session whose epoch is over; one that has another epoch has begun anew. */
  async drop(user: string, epoch: string): Promise<void> {
    const { owner } = this.#deps.store.ownership;
    if (owner?.user === user && owner.epoch === epoch) await this.#destroy();
  }

  /** Whether the session has stored something in an epoch with a user, or may be about to. */
  holds(user: string, epoch: string): boolean {
    const { owner } = this.#deps.store.ownership;
    return this.#deps.line.busy || (owner?.user === user && owner.epoch === epoch);
  }

  /** Goes on with a deletion that was lost in the middle. @returns when to try again */
  async goOn(): Promise<number | null> {
    return (await this.destroy()).ok ? null : this.#deps.store.ownership.later();
  }

  /** Plans the end of a session that nobody will use, once: the alarm finds out by itself whether it was used meanwhile. */
  plan(): void {
    const { schedule, messages, title } = this.#deps.store;
    if (this.#planned || !(this.#deps.days() > 0)) return;
    // A session that was emptied meanwhile gets no tables.
    if (messages.end().last === 0 && title.text === null) return;
    if (!schedule.has("expire")) schedule.plan("expire", Date.now() + this.#deps.days() * DAY_MS);
    this.#planned = true;
  }

  /** Deletes a session that nobody has used for so long. @returns when to look again */
  async expire(): Promise<number | null> {
    if (!(this.#deps.days() > 0)) return null;
    const end = (this.#deps.line.busy ? Date.now() : this.#deps.store.lastUsed()) + this.#deps.days() * DAY_MS;
    if (end > Date.now()) return end;
    return (await this.destroy()).ok ? null : Date.now() + DAY_MS;
  }

  #destroy(failure?: Failure): Promise<Result<{ deleted: number }>> {
    return this.#empty(async () => {
      this.#planned = false;
      const deleted = this.#deps.store.messages.count();
      await this.#deps.store.destroy();
      return { deleted };
    }, failure);
  }

  /** Fails all turns, and forgets. */
  async #empty<T>(empty: () => T | Promise<T>, failure: Failure = { reason: "turn_cancelled" }): Promise<Result<T>> {
    this.#deps.turns.cancelAll(failure);
    try {
      this.#deps.transfer.cancel();
      return ok(await empty());
    } catch (error) {
      return failed(storageFailed(error));
    }
  }
}
