import { MAX_WAITING } from "../../limits";

/** Gives up a place in line; twice does no harm. */
export type Release = () => void;

/** Who may change a session: one at a time, in the order in which they came. */
export class Line {
  readonly #waiting: ((release: Release | null) => void)[] = [];
  #held: symbol | undefined;

  get busy(): boolean {
    return this.#held !== undefined;
  }

  get full(): boolean {
    return this.#waiting.length >= MAX_WAITING;
  }

  /** Waits for one's turn; null where the line was emptied before it came. */
  enter(): Promise<Release | null> {
    if (!this.busy) return Promise.resolve(this.#hold());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  empty(): void {
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
