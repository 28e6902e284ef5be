import type { TurnIdentity } from "../../turn/live-turn";
import type { Journal } from "../../turn/ports";
import type { FinishedTurn, NewMessage } from "../../turn/types";
import type { Store } from "./store";

/** What a session's storage has of one turn. */
export class TurnJournal implements Journal {
  readonly #store: Store;
  readonly #identity: TurnIdentity;
  readonly #tokens: number;
  readonly #before: NewMessage[];
  #written: "nothing" | "question" | "turn" = "nothing";

  /**
   * @param tokens what the question costs in a prompt
   * @param before what was said before the session's first turn
   */
  constructor(store: Store, identity: TurnIdentity, tokens: number, before: NewMessage[]) {
    this.#store = store;
    this.#identity = identity;
    this.#tokens = tokens;
    this.#before = before;
  }

  /** Whether the turn is remembered as it ended. */
  get closed(): boolean {
    return this.#written === "turn";
  }

  begin(): void {
    this.#store.question(this.#identity, this.#before, this.#tokens);
    this.#written = "question";
  }

  save(snapshot: FinishedTurn): void {
    this.#store.save(this.#identity.id, snapshot);
  }

  finish(finished: FinishedTurn): void {
    if (this.#written === "question") this.#store.answer(this.#identity.id, finished);
    if (this.#written === "nothing") this.#store.turn(this.#identity, this.#before, this.#tokens, finished);
    this.#written = "turn";
  }

  rollBack(): void {
    if (this.#written === "question") this.#store.rollBack(this.#identity.id, this.#before);
    this.#written = "nothing";
  }

  durable(): Promise<void> {
    return this.#store.durable();
  }
}
