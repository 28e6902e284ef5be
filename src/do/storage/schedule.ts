import { errorFields, log } from "../../log";
import type { Database } from "./database";

/** What an object does later by itself. */
export type Task = "expire";

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

  /** @param at milliseconds since 1970 */
  async plan(task: Task, at: number): Promise<void> {
    this.#db.transaction(() => this.#db.write("INSERT OR REPLACE INTO due (task, at) VALUES (?, ?)", task, at));
    await this.#arm();
  }

  /**
   * Runs what is due. A task says when it is due again, or null; one that fails is tried again in a minute. It may run
   * twice for one time, as alarms do.
   */
  async run(tasks: { [T in Task]: () => Promise<number | null> }): Promise<void> {
    const due = this.#db.rows<{ task: Task }>("SELECT task FROM due WHERE at <= ? ORDER BY at", Date.now());
    for (const { task } of due) {
      const next = await tasks[task]().catch((error: unknown) => {
        log("error", "task_failed", { task, ...errorFields(error) });
        return Date.now() + AGAIN_MS;
      });
      // A task may have ended the session, which then has no tables.
      if (!this.#db.exists) return;
      if (next === null) this.#db.transaction(() => this.#db.write("DELETE FROM due WHERE task = ?", task));
      else await this.plan(task, next);
    }
    await this.#arm();
  }

  async #arm(): Promise<void> {
    const [next] = this.#db.rows<{ at: number | null }>("SELECT min(at) AS at FROM due");
    if (typeof next?.at === "number") await this.#storage.setAlarm(next.at);
  }
}
