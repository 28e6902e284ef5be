/** Sessions that are about to be deleted: a moment in which that may be taken back. */

/** Milliseconds. */
const UNDO_MS = 6_000;

export class Leaving {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #leave: (sessionId: string, now: boolean) => void;

  /** @param leave deletes a session; `now`: the page is about to go */
  constructor(leave: (sessionId: string, now: boolean) => void) {
    this.#leave = leave;
    addEventListener("pagehide", () => {
      for (const sessionId of [...this.#timers.keys()]) this.#end(sessionId, true);
    });
  }

  has(sessionId: string): boolean {
    return this.#timers.has(sessionId);
  }

  /** @returns how to take it back */
  add(sessionId: string): () => void {
    this.#timers.set(
      sessionId,
      setTimeout(() => this.#end(sessionId, false), UNDO_MS),
    );
    return () => {
      clearTimeout(this.#timers.get(sessionId));
      this.#timers.delete(sessionId);
    };
  }

  #end(sessionId: string, now: boolean): void {
    clearTimeout(this.#timers.get(sessionId));
    this.#timers.delete(sessionId);
    this.#leave(sessionId, now);
  }
}
