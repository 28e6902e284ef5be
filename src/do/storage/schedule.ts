import { errorFields, log } from "../../log";
import type { Database } from "./database";

/** What an object does later by itself. */
export type Task = "expire" | "embed";

/** Milliseconds after which a task that failed is tried again. */
const AGAIN_MS = 60_000;

/** What a session's object has to do and when: it owns the object's one alarm, which stands at the earliest. */
export class Schedule {
  readonly #storage: DurableObjectStorage;
  readonly #db: Database;

  constructor(storage: DurableObjectStorage, db: Database) {
    this.#storage = storage;
    this.#db = db;
  }

  /** Whether a task is planned. */
  has(task: Task): boolean {
    return this.#db.rows("SELECT at FROM due WHERE task = ?", task).length > 0;
  }

  /** Plans a task; where it is planned already, the earlier time stands. @param at milliseconds since 1970 */
  async plan(task: Task, at: number): Promise<void> {
    const write = "INSERT INTO due (task, at) VALUES (?, ?) ON CONFLICT (task) DO UPDATE SET at = min(at, excluded.at)";
    this.#db.transaction(() => this.#db.write(write, task, at));
    await this.#arm();
  }

  /**
   * Runs what is due. A task says when it is due again, or null; one that fails is tried again in a minute. It may run
   * twice for one time, as alarms do.
   */
  async run(tasks: { [T in Task]: () => Promise<number | null> }): Promise<void> {
    const now = Date.now();
    const due = this.#db.rows<{ task: Task }>("SELECT task FROM due WHERE at <= ? ORDER BY at", now);
    for (const { task } of due) {
      const next = await tasks[task]().catch((error: unknown) => {
        log("error", "task_failed", { task, ...errorFields(error) });
        return Date.now() + AGAIN_MS;
      });
      // A task may have ended the session, which then has no tables.
      if (!this.#db.exists) return;
      const remove = "DELETE FROM due WHERE task = ? AND at <= ?";
      this.#db.transaction(() => this.#db.write(remove, task, now));
      if (next !== null) await this.plan(task, next);
    }
    await this.#arm();
  }

  async #arm(): Promise<void> {
    const [next] = this.#db.rows<{ at: number | null }>("SELECT min(at) AS at FROM due");
    if (typeof next?.at === "number") await this.#storage.setAlarm(next.at);
  }
}
