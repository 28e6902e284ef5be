import { RpcTarget } from "cloudflare:workers";
import { decodeEvents, eventsOf } from "../../turn/events";
import type { Failure, FinishedTurn, Remembered } from "../../turn/types";
import type { Store } from "../storage/store";
import type { LiveTurn } from "./live-turn";

/**
 * The session's turn in the hands of a Worker. Disposing of it, by will or by dying, lets the next in line go on; once
 * the turn is over, from here or from elsewhere, nothing that is asked of it has any effect.
 */
export class Turn extends RpcTarget {
  readonly #live: LiveTurn;
  readonly #store: Store;

  constructor(live: LiveTurn, store: Store) {
    super();
    this.#live = live;
    this.#store = store;
  }

  /** Remembers question and answer, in one transaction. */
  commit(finished: FinishedTurn): Remembered {
    if (this.#live.over) return "gone";
    const remembered = this.#store.remember(this.#live.identity, finished);
    this.#live.tell(...eventsOf(finished));
    return remembered;
  }

  /** Makes the question durable. */
  accept(): Remembered {
    if (this.#live.over) return "gone";
    this.#live.questionSeq = this.#store.accept(this.#live.identity);
    return "remembered";
  }

  /** Takes the turn's events until the last one, tells the followers, and remembers the answer. */
  async record(bytes: ReadableStream<Uint8Array>): Promise<Remembered> {
    const live = this.#live;
    if (live.over) return "gone";
    live.recording = true;
    const ended = new AbortController();
    live.ended.then(() => ended.abort());
    try {
      for await (const event of decodeEvents(bytes, ended.signal)) {
        if (event.type === "done") this.#store.finish(live.identity.id, event.finished);
        if (event.type === "failed") this.#store.finish(live.identity.id, live.soFar("interrupted"));
        live.tell(event);
        if (live.over) return "remembered";
      }
    } catch (error) {
      // The Worker is gone, and its stream with it; what it told is kept below.
      console.warn(JSON.stringify({ event: "turn_lost", turnId: live.identity.id, error: String(error) }));
    }
    if (live.over) return "gone";
    this.#store.finish(live.identity.id, live.soFar("interrupted"));
    live.fail({ reason: "turn_interrupted" });
    return "remembered";
  }

  /** Ends the turn without a trace, and tells whoever follows it why. */
  fail(failure: Failure): void {
    const { over, questionSeq, identity } = this.#live;
    if (over) return;
    if (questionSeq !== undefined) this.#store.withdraw(identity.id, questionSeq);
    this.#live.fail(failure);
  }

  [Symbol.dispose](): void {
    // A recording ends by itself: its stream breaks off.
    if (!this.#live.recording) this.fail({ reason: "turn_interrupted" });
  }
}
