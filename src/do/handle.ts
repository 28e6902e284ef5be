import { RpcTarget } from "cloudflare:workers";
import type { Failure, FinishedTurn, Remembered } from "../turn/ports";

/** What ChatDO does with the turn that a handle stands for. */
export interface TurnActions {
  commit(finished: FinishedTurn): Remembered;
  accept(): Remembered;
  record(events: ReadableStream<Uint8Array>): Promise<Remembered>;
  fail(failure: Failure): void;
  abandon(): void;
}

/** The session's turn in the hands of a Worker. Disposing of it, by will or by dying, lets the next in line go on. */
export class Turn extends RpcTarget {
  readonly #actions: TurnActions;

  constructor(actions: TurnActions) {
    super();
    this.#actions = actions;
  }

  /** Remembers question and answer, in one transaction. */
  commit(finished: FinishedTurn): Remembered {
    return this.#actions.commit(finished);
  }

  /** Makes the question durable. */
  accept(): Remembered {
    return this.#actions.accept();
  }

  /** Takes the turn's events until the last one, and remembers the answer. */
  record(events: ReadableStream<Uint8Array>): Promise<Remembered> {
    return this.#actions.record(events);
  }

  /** Ends the turn without a trace. */
  fail(failure: Failure): void {
    this.#actions.fail(failure);
  }

  [Symbol.dispose](): void {
    this.#actions.abandon();
  }
}
