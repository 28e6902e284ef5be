import type { LiveTurn } from "../../turn/live-turn";
import type { Failure } from "../../turn/result";

/** The turns of a session that run or wait. */
export class LiveTurns {
  readonly #turns = new Set<LiveTurn>();
  /** Those that are stored, by id: no request finds the others. */
  readonly #stored = new Map<string, LiveTurn>();

  /** @param isStored false for a turn that only its own client may know */
  add(turn: LiveTurn, isStored: boolean): void {
    this.#turns.add(turn);
    if (isStored) this.#stored.set(turn.id, turn);
    turn.ended.then(() => {
      this.#turns.delete(turn);
      if (isStored) this.#stored.delete(turn.id);
    });
  }

  get(id: string): LiveTurn | undefined {
    return this.#stored.get(id);
  }

  /** Returns the turn that came last. */
  get last(): LiveTurn | undefined {
    return [...this.#stored.values()].at(-1);
  }

  byKey(key: string): LiveTurn | undefined {
    return this.#turns.values().find(({ idempotency }) => idempotency?.key === key);
  }

  /** Whether all turns are of this user. */
  belongTo(user: string): boolean {
    return this.#turns.values().every((turn) => turn.user === user);
  }

  /** Fails all turns, or those of a user. */
  cancel(failure: Failure, user?: string): void {
    for (const turn of this.#turns) if (user === undefined || turn.user === user) turn.fail(failure);
  }
}
