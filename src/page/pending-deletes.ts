/** Sessions that are deleted after a delay, so that the user can undo it. */

/** Milliseconds. */
const UNDO_MS = 6_000;

export class PendingDeletes {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #remove: (sessionId: string, closing: boolean) => void;

  /** @param remove deletes a session; `closing`: the page is closing */
  constructor(remove: (sessionId: string, closing: boolean) => void) {
    this.#remove = remove;
    addEventListener("pagehide", () => {
      for (const sessionId of [...this.#timers.keys()]) this.#end(sessionId, true);
    });
  }

  has(sessionId: string): boolean {
    return this.#timers.has(sessionId);
  }

  /** @returns a function that undoes it */
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

  #end(sessionId: string, closing: boolean): void {
    clearTimeout(this.#timers.get(sessionId));
    this.#timers.delete(sessionId);
    this.#remove(sessionId, closing);
  }
}
