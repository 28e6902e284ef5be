/** Aborts a call when its time is over or its caller cancels it. */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #stopped = Promise.withResolvers<"stopped">();
  readonly #released = Promise.withResolvers<void>();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly signal = this.#controller.signal;
  readonly stopped = this.#stopped.promise;
  /** Resolves when the call and its stream have ended or were aborted. */
  readonly released = this.#released.promise;
  #kept = false;

  constructor(ms: number, outer: AbortSignal) {
    const stop = () => {
      this.#controller.abort();
      this.#stopped.resolve("stopped");
      this.release();
    };
    this.#timer = setTimeout(stop, ms);
    if (outer.aborted) stop();
    else outer.addEventListener("abort", stop);
  }

  /** Keeps the call open for its stream. Call {@link release} after reading that. */
  keep(): void {
    this.#kept = true;
  }

  /** Stops the timer, and releases the call unless its stream is kept open. */
  end(): void {
    clearTimeout(this.#timer);
    if (!this.#kept) this.release();
  }

  release(): void {
    this.#released.resolve();
  }
}
