/** Aborts a call that takes too long, or that nobody waits for any more. */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #stopped = Promise.withResolvers<"stopped">();
  readonly #released = Promise.withResolvers<void>();
  readonly #timer: ReturnType<typeof setTimeout>;
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

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get stopped(): Promise<"stopped"> {
    return this.#stopped.promise;
  }

  /** Resolves when nothing of the call is left. */
  get released(): Promise<void> {
    return this.#released.promise;
  }

  /** The call goes on as a stream: {@link release} when that is read. */
  keep(): void {
    this.#kept = true;
  }

  /** There is no more need to hurry. */
  end(): void {
    clearTimeout(this.#timer);
    if (!this.#kept) this.release();
  }

  release(): void {
    this.#released.resolve();
  }
}
