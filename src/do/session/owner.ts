/** The owner of a session and the state of their sync: the data of the task that syncs, in one row. */
import { ok } from "../../turn/result";
import type { EncoderOptions } from "../memory/encoder-plan";
import { retryAt, type Schedule, type SessionTask } from "../sqlite/schedule";
import { tryWrite } from "../sqlite/try-write";
import type { Extraction } from "../user/extraction";
import { type Learning, withRanges } from "../user/learning";
import { epochIn, type NotedEpoch } from "../user/user-sessions";

/** The user that the session was moved from, until the session and its facts are deleted in that user's object. */
interface Left extends Pick<Owner, "user" | "epoch"> {
  /** In a merge: whether the session is deleted there. Its facts may be there until all sessions have moved. */
  merge?: "leaving" | "left" | undefined;
}

/** Stored as JSON. */
export interface Owner {
  /** The name of the user's object. */
  user: string;
  /** The session's id as clients know it. */
  sessionId: string;
  /** Random; created by the user's object before the session stores anything for the user. */
  epoch: string;
  /** The user's object has the messages up to this `seq`. */
  told: number;
  /** Failed syncs in a row. */
  failures: number;
  /** Messages up to this `seq` are copies of another session of the user. The user's object does not store them again. */
  copied?: number | undefined;
  /** Messages from this `seq` on are sent again, because some of them were removed. */
  resend?: number | undefined;
  /** Whether the session is being deleted. */
  leaving?: boolean | undefined;
  left?: Left | undefined;
  extraction?: Extraction | undefined;
  encoder?: EncoderOptions | undefined;
  /** Appended and imported messages to learn from that the user's object does not have yet. */
  learn?: Learning[] | undefined;
  /** The id of the import that began the session. */
  importId?: string | undefined;
  /** Messages up to this `seq` were imported: their turns teach nothing by themselves. */
  imported?: number | undefined;
}

export class Ownership {
  readonly #schedule: Schedule<SessionTask>;
  /** Counts the removals of messages: an update that was sent before one does not contain it. */
  removals = 0;

  constructor(schedule: Schedule<SessionTask>) {
    this.#schedule = schedule;
  }

  /** Undefined for a session without a user. */
  get owner(): Owner | undefined {
    const noted = this.#schedule.noted<Omit<Owner, "epoch"> & NotedEpoch>("tell");
    return noted && { ...noted, epoch: epochIn(noted) };
  }

  /**
   * Schedules a sync, as part of the transaction that writes messages. The alarm runs it if the turn cannot.
   * @param claim the owner of a session that has none yet
   * @param removedFrom the `seq` of the first removed message; infinite or absent if none was removed
   * @returns whether the session got its owner
   */
  markPending(claim?: Owner, removedFrom = Number.POSITIVE_INFINITY): boolean {
    const { owner } = this;
    const isRemoval = removedFrom < Number.POSITIVE_INFINITY;
    if (isRemoval) this.removals += 1;
    else if (owner && this.#schedule.has("tell")) return false;
    const next = owner ?? claim;
    if (!next) return false;
    const resend = isRemoval ? Math.min(next.resend ?? removedFrom, removedFrom) : next.resend;
    const { extraction, encoder } = claim ?? next;
    this.#write({ ...next, resend, extraction, encoder }, retryAt(1));
    return !owner;
  }

  /** Stores that facts are to be learned from appended messages. Without effect for a session without a user. */
  markLearning(from: number, to: number): void {
    const { owner } = this;
    if (owner) this.#write({ ...owner, learn: withRanges(owner.learn ?? [], [{ from, to }]) }, retryAt(1));
  }

  /**
   * Stores the result of a sync.
   * @param all whether nothing is pending after `seq`
   * @param sent the last `seq` of the update, and {@link removals} before it was sent
   */
  markSynced(epoch: string, seq: number, all: boolean, sent: { to: number; removals: number }): void {
    const { owner } = this;
    if (owner?.epoch !== epoch) return;
    const isLate = this.removals !== sent.removals;
    const next = sent.to < seq ? sent.to + 1 : undefined;
    const resend = isLate || owner.resend === undefined ? owner.resend : next;
    const learn = owner.learn?.filter(({ to }) => to > seq);
    this.#write({ ...owner, told: seq, failures: 0, resend, learn }, all && resend === undefined ? null : retryAt(1));
  }

  /** Stores a failed sync. @returns when to retry */
  markFailed(): number {
    const { owner } = this;
    const failures = (owner?.failures ?? 0) + 1;
    const again = retryAt(failures);
    if (owner) this.#write({ ...owner, failures }, again);
    return again;
  }

  /**
   * Stores whether the session is being deleted: the alarm then repeats a lost deletion. A full storage is only logged,
   * because it must not prevent a deletion.
   */
  markLeaving(owner: Owner, leaving: boolean): void {
    tryWrite(() => ok(this.#write({ ...owner, leaving }, retryAt(1))));
  }

  /** Stores another owner. The alarm deletes the session in the object of the former one. */
  move(owner: Owner, merge: Left["merge"]): void {
    const { owner: former } = this;
    this.#write({ ...owner, left: former && { user: former.user, epoch: former.epoch, merge } }, retryAt(1));
  }

  /**
   * Stores that the object of a former owner has deleted the session.
   * @param left the record of that owner; absent if it has no facts of the session any more
   * @param learn messages that facts are learned from for the new owner
   */
  markLeft(epoch: string, left?: Left, learn: Learning[] = []): void {
    const { owner } = this;
    if (owner?.left?.epoch !== epoch) return;
    const next = { ...owner, left, learn: withRanges(owner.learn ?? [], learn) };
    this.#write(next, this.#schedule.has("tell") ? retryAt(1) : null);
  }

  /** Deletes the owner, as part of a transaction. */
  release(): void {
    this.#schedule.drop("tell");
  }

  #write(owner: Owner, at: number | null): void {
    this.#schedule.note("tell", at, owner);
  }
}
