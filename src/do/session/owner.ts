/** Whose session it is, and what of it that user's object knows: all that the task of telling needs to know, in one row. */
import type { Database } from "../sqlite/database";
import type { Schedule, SessionTask } from "../sqlite/schedule";
import type { Extraction } from "../user/learn-facts";
import { epochIn, type NotedEpoch } from "../user/user-sessions";

/** Milliseconds after which what is owed is told by an alarm, where the turn could not. */
const LATE_MS = 30_000;
/** The longest time between two tries, in milliseconds. */
const LONGEST_MS = 3_600_000;

export interface Owner {
  /** The name of the user's object. */
  user: string;
  /** As clients name the session. */
  sessionId: string;
  /** Which stay of the session with its user this is: the user's object hands it out before anything is stored. */
  epoch: string;
  /** Up to which `seq` the user's object knows the session. */
  told: number;
  /** How often in a row it did not answer. */
  failures: number;
  /** Whether the session is about to be deleted. */
  leaving?: boolean | undefined;
  extraction?: Extraction | undefined;
}

export class Ownership {
  readonly #db: Database;
  readonly #schedule: Schedule<SessionTask>;

  constructor(db: Database, schedule: Schedule<SessionTask>) {
    this.#db = db;
    this.#schedule = schedule;
  }

  /** Undefined where the session is nobody's. */
  get owner(): Owner | undefined {
    const noted = this.#schedule.noted<Omit<Owner, "epoch"> & NotedEpoch>("tell");
    return noted && { ...noted, epoch: epochIn(noted) };
  }

  /** Notes that something new is to be told. Call it inside the transaction that writes it. @param claim of a session that is nobody's */
  owe(claim?: Owner): void {
    const { owner } = this;
    if (owner && this.#schedule.has("tell")) return;
    const next = owner ?? claim;
    if (next) this.#note({ ...next, extraction: claim ? claim.extraction : next.extraction }, this.later());
  }

  /** Notes up to which `seq` the user's object knows an epoch of the session. @param all whether that is all there is */
  told(epoch: string, told: number, all: boolean): void {
    const { owner } = this;
    if (owner?.epoch === epoch) this.#write({ ...owner, told, failures: 0 }, all ? null : this.later());
  }

  /** Notes that the user's object did not answer. @returns when to try again */
  failed(): number {
    const { owner } = this;
    const again = this.later(owner?.failures);
    if (owner) this.#write({ ...owner, failures: owner.failures + 1 }, again);
    return again;
  }

  /** When to try again, after so many failures. */
  later(failures = 0): number {
    return Date.now() + Math.min(LATE_MS * 2 ** failures, LONGEST_MS);
  }

  /** Notes that the session is about to be deleted, which goes on by itself where it is lost in the middle; or not, after all. */
  leave(owner: Owner, leaving: boolean): void {
    this.#write({ ...owner, leaving }, this.later());
  }

  /** The session is nobody's. Call it inside a transaction. */
  release(): void {
    this.#schedule.drop("tell");
  }

  #write(owner: Owner, at: number | null): void {
    this.#db.transaction(() => this.#note(owner, at));
  }

  #note(owner: Owner, at: number | null): void {
    this.#schedule.note("tell", at, owner);
  }
}
