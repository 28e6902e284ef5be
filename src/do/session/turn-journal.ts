import { tracing } from "cloudflare:workers";
import type { LiveTurn } from "../../turn/live-turn";
import type { Journal } from "../../turn/ports";
import type { FinishedTurn } from "../../turn/types";
import type { Opening } from "./opening";
import type { Store } from "./store";

/** Stores one turn of a session. */
export class TurnJournal implements Journal {
  readonly #store: Store;
  readonly #turn: LiveTurn;
  readonly #opening: Opening;
  #stored: "nothing" | "question" | "turn" = "nothing";

  constructor(store: Store, turn: LiveTurn, opening: Opening) {
    this.#store = store;
    this.#turn = turn;
    this.#opening = opening;
  }

  get finished(): boolean {
    return this.#stored === "turn";
  }

  /** Stores the question. A turn without one, which continues an answer, is stored at its end. */
  begin(): void {
    if (this.#opening.messages.length === 0) return;
    tracing.enterSpan("storage", () => this.#store.question(this.#turn, this.#opening));
    this.#stored = "question";
  }

  save(snapshot: FinishedTurn): void {
    if (this.#stored === "question") this.#store.save(this.#turn.id, snapshot);
  }

  /** Stores the end of the turn. A turn that ends early and without text leaves the turn that it replaces in place. */
  finish(finished: FinishedTurn): void {
    if (this.#opening.replaced?.length && finished.status !== "complete" && finished.answer === "") this.rollBack();
    else {
      tracing.enterSpan("storage", () => {
        if (this.#stored === "question") this.#store.answer(this.#turn.id, finished);
        if (this.#stored === "nothing") this.#store.turn(this.#turn, this.#opening, finished);
      });
      this.#stored = "turn";
    }
  }

  rollBack(): void {
    if (this.#stored === "question") this.#store.rollBack(this.#turn.id, this.#opening);
    this.#stored = "nothing";
  }

  durable(): Promise<void> {
    return this.#store.durable();
  }
}
