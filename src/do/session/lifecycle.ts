/** The end of a session: reset, delete, deletion of its user, and expiry after `SESSION_TTL_DAYS`. Also its tasks. */
import { type Failure, failed, ok, type Result } from "../../turn/result";
import { retryAt } from "../sqlite/schedule";
import { thrownFailure } from "../sqlite/try-write";
import type { AskRequest } from "./ask-request";
import type { Session } from "./session";
import type { UserSync } from "./user-sync";

const DAY_MS = 86_400_000;

export class Lifecycle {
  readonly #session: Session;
  readonly #user: UserSync;

  constructor(session: Session, user: UserSync) {
    this.#session = session;
    this.#user = user;
  }

  /**
   * Deletes the session after the tenant's and its user's object have deleted it. The user's object is called last: a user
   * who claims the session after that call keeps it. The directory lists the session again if it stays.
   * @param keepsStorage whether the object keeps its empty storage
   */
  async destroy(keepsStorage?: boolean): Promise<Result<{ deleted: number }>> {
    const { directory, store } = this.#session;
    const isUnlisted = await directory.leave();
    if (await this.#user.forget()) return this.#session.destroy(isUnlisted, undefined, keepsStorage);
    store.listing.stay();
    return failed({ reason: "user_unreachable" });
  }

  /** As {@link destroy}, and keeps the storage. */
  reset(): Promise<Result<{ deleted: number }>> {
    return this.destroy(true);
  }

  /** Deletes the session if it belongs to a user who is being deleted. Otherwise refuses the turns and writes of that user. */
  async leave(user: string): Promise<Result<void>> {
    const failure: Failure = { reason: "user_being_deleted" };
    this.#user.joining.refuse();
    const deleted = await this.#session.destroyOf(user, undefined, failure);
    if (deleted) return deleted.ok ? ok(undefined) : deleted;
    this.#session.live.cancel(failure, user);
    return ok(undefined);
  }

  /** Whether the session has stored something in an epoch with a user, or may be about to. */
  holds(user: string, epoch: string): boolean {
    return this.#session.queue.busy || this.#session.isOf(user, epoch);
  }

  /** Runs the tasks that are due. */
  async runTasks(): Promise<void> {
    const { store, directory } = this.#session;
    await store.schedule.run({
      expire: () => this.#expire(),
      import: async () => {
        store.import.drop();
        return null;
      },
      embed: () => this.#session.embeddings.resume(),
      reindex: () => store.reindex(),
      // A deletion that was lost with its object comes first.
      tell: () => (store.ownership.owner?.leaving ? this.#resumeDeletion() : this.#user.sync()),
      list: () => (store.listing.listed?.leaving ? this.#resumeDeletion() : directory.sync()),
    });
  }

  /** Repeats a deletion that was lost with its object. @returns when to try again */
  async #resumeDeletion(): Promise<number | null> {
    return (await this.destroy()).ok ? null : retryAt(1);
  }

  /** Schedules the work that follows a write: expiry, and vectors for a long session. Never rejects. */
  async written(request?: AskRequest): Promise<void> {
    try {
      this.#scheduleExpiry();
      if (request?.embedding && this.#session.isLong(request))
        await this.#session.embeddings.catchUp(request.embedding);
    } catch (error) {
      thrownFailure(error);
    }
  }

  /** Deletes a session that was not used for `SESSION_TTL_DAYS`. @returns when to check again */
  async #expire(): Promise<number | null> {
    const ttl = this.#ttlMs();
    if (!(ttl > 0)) return null;
    const end = () => (this.#session.queue.busy ? Date.now() : this.#session.store.lastUsed()) + ttl;
    if (end() > Date.now()) return end();
    await this.#session.directory.leave();
    // The session may have been used meanwhile.
    if (end() > Date.now()) {
      this.#session.store.listing.stay();
      return end();
    }
    return (await this.destroy()).ok ? null : Date.now() + DAY_MS;
  }

  /** The first alarm reads the last use and schedules the next one, so an ask does not move it. */
  #scheduleExpiry(): void {
    const { schedule, messages, title, settings } = this.#session.store;
    const ttl = this.#ttlMs();
    if (!(ttl > 0) || schedule.has("expire")) return;
    // An emptied session gets no tables.
    if (messages.end().last > 0 || title.text !== null || !settings.empty) schedule.plan("expire", Date.now() + ttl);
  }

  /** Returns NaN without a number of days. `Number` would read the boolean `true`, which the Worker refuses, as one day. */
  #ttlMs(): number {
    return Number.parseFloat(this.#session.env.SESSION_TTL_DAYS ?? "") * DAY_MS;
  }
}
