import type { LiveTurn } from "../../turn/live-turn";
import type { Failure } from "../../turn/result";

/** The turns of a session that run or wait, by id. */
export class LiveTurns {
  readonly #turns = new Map<string, LiveTurn>();

  /** The ids of turns that are not stored: no request finds them. */
  readonly #unlisted = new Set<string>();

  /** @param isStored false for a turn that only its own client may know */
  add(turn: LiveTurn, isStored: boolean): void {
    const { id } = turn;
    this.#turns.set(id, turn);
    if (!isStored) this.#unlisted.add(id);
    turn.ended.then(() => {
      this.#turns.delete(id);
      this.#unlisted.delete(id);
    });
  }

  get(id: string): LiveTurn | undefined {
    return this.#unlisted.has(id) ? undefined : this.#turns.get(id);
  }

  /** Returns the turn that came last. */
  get last(): LiveTurn | undefined {
    return [...this.#turns.values()].filter(({ id }) => !this.#unlisted.has(id)).at(-1);
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
    for (const turn of this.#turns.values()) if (user === undefined || turn.user === user) turn.fail(failure);
  }
}
