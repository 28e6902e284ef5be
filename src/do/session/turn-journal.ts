import type { TurnIdentity } from "../../turn/live-turn";
import type { Journal } from "../../turn/ports";
import type { FinishedTurn } from "../../turn/types";
import type { Opening, Store } from "./store";

/** What a session's storage has of one turn. */
export class TurnJournal implements Journal {
  readonly #store: Store;
  readonly #identity: TurnIdentity;
  readonly #opening: Opening;
  #written: "nothing" | "question" | "turn" = "nothing";

  constructor(store: Store, identity: TurnIdentity, opening: Opening) {
    this.#store = store;
    this.#identity = identity;
    this.#opening = opening;
  }

  /** Whether the turn is remembered as it ended. */
  get closed(): boolean {
    return this.#written === "turn";
  }

  begin(): void {
    this.#store.question(this.#identity, this.#opening);
    this.#written = "question";
  }

  save(snapshot: FinishedTurn): void {
    this.#store.save(this.#identity.id, snapshot);
  }

  finish(finished: FinishedTurn): void {
    if (this.#written === "question") this.#store.answer(this.#identity.id, finished);
    if (this.#written === "nothing") this.#store.turn(this.#identity, this.#opening, finished);
    this.#written = "turn";
  }

  rollBack(): void {
    if (this.#written === "question") this.#store.rollBack(this.#identity.id, this.#opening);
    this.#written = "nothing";
  }

  durable(): Promise<void> {
    return this.#store.durable();
  }
}
