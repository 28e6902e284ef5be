import { MAX_WAITING } from "../../limits";

/** Ends a place in the queue. Calling it again has no effect. */
export type Release = () => void;

/** Serializes turns and other changes of a session, in the order of their arrival. */
export class TurnQueue {
  readonly #waiting: ((release: Release | null) => void)[] = [];
  #held: symbol | undefined;

  get busy(): boolean {
    return this.#held !== undefined;
  }

  get full(): boolean {
    return this.#waiting.length >= MAX_WAITING;
  }

  /** Resolves when the caller is first in the queue; with null if the queue is cleared before. */
  enter(): Promise<Release | null> {
    if (!this.busy) return Promise.resolve(this.#hold());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Removes all callers that wait. */
  clear(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(null);
  }

  #hold(): Release {
    const place = Symbol();
    this.#held = place;
    return () => {
      if (this.#held !== place) return;
      this.#held = undefined;
      this.#waiting.shift()?.(this.#hold());
    };
  }
}
