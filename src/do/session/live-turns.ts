import type { LiveTurn } from "../../turn/live-turn";
import type { Failure } from "../../turn/result";

/** The turns of a session that run or wait, by id. */
export class LiveTurns {
  readonly #turns = new Map<string, LiveTurn>();

  add(turn: LiveTurn): void {
    this.#turns.set(turn.id, turn);
    turn.ended.then(() => this.#turns.delete(turn.id));
  }

  get(id: string): LiveTurn | undefined {
    return this.#turns.get(id);
  }

  /** Returns the turn that came last. */
  get last(): LiveTurn | undefined {
    return [...this.#turns.values()].at(-1);
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
