import type { LiveTurn } from "../../turn/live-turn";
import type { TurnJournal } from "../storage/turn-journal";

/** A turn that runs or waits in line; it has a journal from when its turn came. */
export interface Live {
  turn: LiveTurn;
  journal?: TurnJournal;
}

/** The turns of a session that run or wait in line, by id. */
export class LiveTurns {
  readonly #turns = new Map<string, Live>();

  add(turn: LiveTurn): Live {
    const live: Live = { turn };
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

  /** Ends them all. */
  cancel(): void {
    for (const { turn } of this.#turns.values()) turn.fail({ reason: "turn_cancelled" });
  }
}
