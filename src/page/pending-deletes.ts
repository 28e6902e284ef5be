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

/** Returns the key of a turn, or of a message without a turn. Session ids contain no spaces. */
export const partKey = (sessionId: string, { turnId, seq }: { turnId?: string | undefined; seq: number }): string =>
  `${sessionId} ${turnId ?? seq}`;

/** By key: the id of a session, or `partKey`. */
export class PendingDeletes {
  readonly #byKey = new Map<string, PendingDelete>();
  readonly #ofUser: boolean;

  /** @param ofUser whether the sessions belong to one user, whose prompts contain messages of all of them */
  constructor(ofUser: boolean) {
    this.#ofUser = ofUser;
    addEventListener("pagehide", () => {
      for (const key of [...this.#byKey.keys()]) void this.#end(key, true);
    });
  }

  /** Counts the changes, so that a view can tell whether there were any. */
  changes = 0;

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  add(key: string, run: PendingDelete["run"]): void {
    this.undo(key);
    this.changes += 1;
    this.#byKey.set(key, { timer: setTimeout(() => void this.#end(key, false), UNDO_MS), run });
  }

  undo(key: string): void {
    clearTimeout(this.#byKey.get(key)?.timer);
    if (this.#byKey.delete(key)) this.changes += 1;
  }

  /**
   * Runs pending deletions before a message is sent: those of its session and of parts of it, or all if the sessions belong
   * to a user. Later, the prompt could contain the text to delete, and a deletion could include the new message.
   * @returns false if that failed: the old messages are still there
   */
  async flush(sessionId: string): Promise<boolean> {
    const keys = [...this.#byKey.keys()].filter(
      (key) => this.#ofUser || key === sessionId || key.startsWith(`${sessionId} `),
    );
    const ended = await Promise.all(keys.map((key) => this.#end(key, false)));
    return ended.every(Boolean);
  }

  async #end(key: string, closing: boolean): Promise<boolean> {
    const pending = this.#byKey.get(key);
    this.undo(key);
    return pending === undefined || pending.run(closing);
  }
}
