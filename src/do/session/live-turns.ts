import type { LiveTurn } from "../../turn/live-turn";
import type { Failure } from "../../turn/result";
import type { TurnJournal } from "./turn-journal";

/** A turn that runs or waits in line; it has a journal from when its turn came. */
export interface Live {
  turn: LiveTurn;
  /** The name of the object of the user who asks, where there is one. */
  user: string | undefined;
  journal?: TurnJournal;
}

/** The turns of a session that run or wait in line, by id. */
export class LiveTurns {
  readonly #turns = new Map<string, Live>();

  add(turn: LiveTurn, user?: string): Live {
    const live: Live = { turn, user };
    this.#turns.set(turn.identity.id, live);
    turn.ended.then(() => this.#turns.delete(turn.identity.id));
    return live;
  }

  get(id: string): Live | undefined {
    return this.#turns.get(id);
  }

  byKey(key: string): Live | undefined {
    return this.#turns.values().find(({ turn }) => turn.identity.idempotency?.key === key);
  }

  /** Whether they are all of this user. */
  areOf(user: string): boolean {
    return this.#turns.values().every((live) => live.user === user);
  }

  /** Fails them all, or those of a user. */
  cancel(failure: Failure, user?: string): void {
    for (const live of this.#turns.values()) {
      if (user === undefined || live.user === user) live.turn.fail(failure);
    }
  }
}
