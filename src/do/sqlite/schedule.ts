import { errorFields, log } from "../../log";
import type { Database } from "./database";

/** Milliseconds after which a task that failed is tried again. */
const AGAIN_MS = 60_000;
/** Milliseconds after which the schedule looks again at tasks or tables that only a newer version of the code knows. */
const UNKNOWN_MS = 3_600_000;

/** What a session's object does later by itself. */
export type SessionTask = "expire" | "embed" | "tell";

/** What an object has to do later and when: it owns the object's one alarm, which stands at the earliest. */
export class Schedule<Task extends string> {
  readonly #storage: DurableObjectStorage;
  readonly #db: Database;

  constructor(storage: DurableObjectStorage, db: Database) {
    this.#storage = storage;
    this.#db = db;
  }

  /** Whether a task is due at some time. */
  has(task: Task): boolean {
    return this.#db.rows("SELECT at FROM due WHERE task = ? AND at NOT NULL", task).length > 0;
  }

  /** Plans a task; where it is planned already, the earlier time stands. @param at milliseconds since 1970 */
  plan(task: Task, at: number): void {
    const earlier = "min(coalesce(at, excluded.at), excluded.at)";
    const write = `INSERT INTO due (task, at) VALUES (?, ?) ON CONFLICT (task) DO UPDATE SET at = ${earlier}`;
    this.#db.transaction(() => this.#db.write(write, task, at));
    this.#arm();
  }

  /** What a task needs to know, as it was last noted; undefined where there is nothing. */
  noted<N>(task: Task): N | undefined {
    const [row] = this.#db.rows<{ note: string | null }>("SELECT note FROM due WHERE task = ?", task);
    return row?.note ? JSON.parse(row.note) : undefined;
  }

  /**
   * Notes what a task needs to know, and when it is due, in one row. Call it inside a transaction.
   * @param at milliseconds since 1970; null where it is not due
   */
  note(task: Task, at: number | null, note: object): void {
    const write = `INSERT INTO due (task, at, note) VALUES (?, ?, ?)
      ON CONFLICT (task) DO UPDATE SET at = excluded.at, note = excluded.note`;
    this.#db.write(write, task, at, JSON.stringify(note));
    if (at !== null) this.#arm();
  }

  /** Forgets a task, with what it needs to know. Call it inside a transaction. */
  drop(task: Task): void {
    this.#db.write("DELETE FROM due WHERE task = ?", task);
  }

  /**
   * Runs what is due. A task says when it is due again, or null; one that fails is tried again in a minute. It may run
   * twice for one time, as alarms do. After a rollback of the code, a task may be unknown: it is kept for the code that
   * knows it.
   */
  async run(tasks: { [T in Task]: () => Promise<number | null> }): Promise<void> {
    const now = Date.now();
    if (this.#db.newer) return this.#storage.setAlarm(now + UNKNOWN_MS);
    const isKnown = (task: string): task is Task => Object.hasOwn(tasks, task);
    const due = this.#db.rows<{ task: string }>("SELECT task FROM due WHERE at <= ? ORDER BY at", now);
    let earliest = 0;
    for (const { task } of due) {
      const again = (error: unknown) => {
        log("error", "task_failed", { task, ...errorFields(error) });
        return Date.now() + AGAIN_MS;
      };
      const run = async () => (isKnown(task) ? tasks[task]() : unknown(task));
      const next = await run().catch(again);
      // A task may have ended the session, which then has no tables.
      if (!this.#db.exists) return;
      try {
        this.#next(task, next, now);
      } catch (error) {
        earliest = again(error);
      }
    }
    this.#arm(earliest);
  }

  /** Notes when a task that ran is due again, unless it was planned anew meanwhile. */
  #next(task: string, next: number | null, now: number): void {
    const sooner = "CASE WHEN at > ?3 THEN min(at, coalesce(?2, at)) ELSE ?2 END";
    this.#db.transaction(() => this.#db.write(`UPDATE due SET at = ${sooner} WHERE task = ?1`, task, next, now));
  }

  /**
   * In the transaction that is open, or by itself: either way it is durable before anybody hears of it.
   * @param earliest milliseconds since 1970: where the next time of a task could not be written, the alarm must not ring at
   * once again
   */
  #arm(earliest = 0): void {
    const [next] = this.#db.rows<{ at: number | null }>("SELECT min(at) AS at FROM due");
    if (typeof next?.at === "number") void this.#storage.setAlarm(Math.max(next.at, earliest));
  }
}

/** Skips a task of a newer version. @returns when to look at it again */
function unknown(task: string): number {
  log("error", "task_unknown", { task });
  return Date.now() + UNKNOWN_MS;
}
