/** The session's entry in the directory of its tenant: the data of the task that sends it, in one row. */
import { ok } from "../../turn/result";
import { retryAt, type Schedule, type SessionTask } from "../sqlite/schedule";
import { tryWrite } from "../sqlite/try-write";

/** Milliseconds until a new session is listed, so that its first update contains its first answers. */
const NEW_MS = 60_000;
/** Milliseconds between the updates of a session that is used. */
const HOUR_MS = 3_600_000;

/** Stored as JSON. */
export interface Listed {
  /** Random; another one after the session was emptied. */
  start: string;
  /** Counts the updates since then. */
  version: number;
  /** When the last update was sent; absent before the first one. */
  sentAt?: number | undefined;
  /** Whether the session is being deleted. */
  leaving?: boolean | undefined;
}

export class Listing {
  readonly #schedule: Schedule<SessionTask>;
  /** Whether the directory lists this session. */
  readonly enabled: boolean;
  /** When the changes since the last update was sent are due; infinite without changes. */
  nextAt = Number.POSITIVE_INFINITY;

  constructor(schedule: Schedule<SessionTask>, enabled: boolean) {
    this.#schedule = schedule;
    this.enabled = enabled;
  }

  /** Returns undefined for a session without an entry. */
  get listed(): Listed | undefined {
    return this.#schedule.noted("list");
  }

  /**
   * Schedules an update. Call it in the transaction that changes the session.
   * @param soon for a new title or user, and for removed text: at once, and not an hour after the last update
   */
  mark(soon = false): void {
    const now = Date.now();
    this.nextAt = Math.min(this.nextAt, soon ? now : now + HOUR_MS);
    if (!soon && this.#schedule.has("list")) return;
    const { listed } = this;
    if (listed?.leaving || !(this.enabled || listed?.sentAt)) return;
    const next = listed?.sentAt ? Math.min(listed.sentAt, now) + HOUR_MS : now + NEW_MS;
    this.#note(listed ?? this.#new(), soon && listed ? now : next);
  }

  /** Counts an update, before it is sent. */
  markSent({ start, version }: Listed): Listed {
    const sent = { start, version: version + 1, sentAt: Date.now() };
    this.nextAt = Number.POSITIVE_INFINITY;
    this.#schedule.keep("list", sent);
    return sent;
  }

  /** Begins anew: the directory refuses updates since the last start. @returns when to send one */
  restart(): number {
    this.#note(this.#new(), Date.now());
    return Date.now();
  }

  /**
   * Stores that the session is being deleted: the alarm then repeats a lost deletion. A full storage is only logged, because
   * it must not prevent a deletion.
   */
  markLeaving(listed: Listed): void {
    tryWrite(() => ok(this.#note({ ...listed, leaving: true }, retryAt(1))));
  }

  /** Lists the session again after {@link markLeaving}, if its deletion did not take place. A full storage is only logged. */
  stay(): void {
    tryWrite(() => ok(this.listed?.leaving && this.restart()));
  }

  /** Ends the entry of a session that is empty, as part of a transaction. @param removed whether the directory has removed it */
  end(removed: boolean): void {
    const { listed } = this;
    if (removed || !listed?.sentAt) this.#schedule.drop("list");
    else this.#note({ ...listed, leaving: undefined }, retryAt(1));
  }

  #new = (): Listed => ({ start: crypto.randomUUID(), version: 0 });

  #note(listed: Listed, at: number): void {
    this.#schedule.note("list", at, listed);
  }
}
