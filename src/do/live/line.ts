/** A place in line; giving it up twice does no harm. */
export type Release = () => void;

/** Turns of one session, one at a time, in the order in which they came. */
export class TurnQueue {
  #tail: Promise<void> = Promise.resolve();
  #length = 0;

  /** How many hold a place: the one whose turn it is and those who wait. */
  get length(): number {
    return this.#length;
  }

  /** Takes the next place and waits for its turn. */
  async enter(): Promise<Release> {
    const before = this.#tail;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tail = promise;
    this.#length += 1;
    let held = true;
    await before;
    return () => {
      if (!held) return;
      held = false;
      this.#length -= 1;
      resolve();
    };
  }
}
