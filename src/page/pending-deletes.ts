/** Deletions that happen after a delay, so that the user can undo them. A page that closes does them at once. */

/** Milliseconds. */
const UNDO_MS = 6_000;

interface PendingDelete {
  timer: ReturnType<typeof setTimeout>;
  /**
   * @param closing whether the page is closing, so that nothing runs after an await
   * @returns whether it succeeded
   */
  run: (closing: boolean) => Promise<boolean>;
}

export class PendingDeletes {
  readonly #bySession = new Map<string, PendingDelete>();

  constructor() {
    addEventListener("pagehide", () => {
      for (const sessionId of [...this.#bySession.keys()]) void this.#end(sessionId, true);
    });
  }

  /** Counts the changes, so that a view can tell whether there were any. */
  changes = 0;

  has(sessionId: string): boolean {
    return this.#bySession.has(sessionId);
  }

  add(sessionId: string, run: PendingDelete["run"]): void {
    this.undo(sessionId);
    this.changes += 1;
    this.#bySession.set(sessionId, { timer: setTimeout(() => void this.#end(sessionId, false), UNDO_MS), run });
  }

  undo(sessionId: string): void {
    clearTimeout(this.#bySession.get(sessionId)?.timer);
    if (this.#bySession.delete(sessionId)) this.changes += 1;
  }

  /**
   * Deletes now, so that a new message is not deleted with the old ones.
   * @returns false if that failed: the old messages are still there
   */
  async flush(sessionId: string): Promise<boolean> {
    return !this.has(sessionId) || (await this.#end(sessionId, false));
  }

  async #end(sessionId: string, closing: boolean): Promise<boolean> {
    const pending = this.#bySession.get(sessionId);
    this.undo(sessionId);
    return pending === undefined || pending.run(closing);
  }
}
