import { errorFields, log } from "../../log";
import type { Database } from "./database";

/** Milliseconds until a first retry, and the most until a later one: as short as a client waits, as long as an outage. */
const RETRY_MS = 30_000;
const MAX_RETRY_MS = 3_600_000;
/** Milliseconds until the schedule looks again at tasks or tables that only newer code knows. */
const UNKNOWN_MS = 3_600_000;

/** Returns when to retry after so many failures in a row, at least one: the delay doubles each time, up to an hour. */
export const retryAt = (failures: number, first = RETRY_MS): number =>
  Date.now() + Math.min(first * 2 ** (failures - 1), MAX_RETRY_MS);

/** The tasks of a session's object. */
export type SessionTask = "expire" | "embed" | "tell" | "import" | "reindex" | "list";

/** The tasks of an object, by the time when they are due. Sets the object's only alarm to the earliest one. */
export class Schedule<Task extends string> {
  readonly #storage: DurableObjectStorage;
  readonly #db: Database;
  /** The rows of tasks that were read; null for a task without one. */
  readonly #rows = new Map<string, { at: number | null; note: string | null } | null>();

  constructor(storage: DurableObjectStorage, db: Database) {
    this.#storage = storage;
    this.#db = db;
    db.caches(() => this.#rows.clear());
    if (db.migrated) this.#arm();
  }

  #row(task: Task) {
    const known = this.#rows.get(task);
    if (known !== undefined) return known;
    const [row = null] = this.#db.rows<{ at: number | null; note: string | null }>(
      "SELECT at, note FROM due WHERE task = ?",
      task,
    );
    this.#rows.set(task, row);
    return row;
  }

  /** Writes in a transaction, or as part of the open one. */
  #write(task: string, query: string, ...values: SqlStorageValue[]): void {
    this.#db.transaction(() => this.#db.write(query, ...values));
    this.#rows.delete(task);
  }

  /** Whether a task is scheduled. */
  has(task: Task): boolean {
    return typeof this.#row(task)?.at === "number";
  }

  /** Schedules a task, unless it is due earlier. @param at milliseconds since 1970 */
  plan(task: Task, at: number): void {
    const earlier = "min(coalesce(at, excluded.at), excluded.at)";
    const write = `INSERT INTO due (task, at) VALUES (?, ?) ON CONFLICT (task) DO UPDATE SET at = ${earlier}`;
    this.#write(task, write, task, at);
    this.#arm();
  }

  /** Returns the data of a task; undefined without any. */
  noted<N>(task: Task): N | undefined {
    const note = this.#row(task)?.note;
    return note ? JSON.parse(note) : undefined;
  }

  /**
   * Stores the data of a task, and when it is due, in one row.
   * @param at milliseconds since 1970; null if the task is not due
   */
  note(task: Task, at: number | null, note: object): void {
    const write = `INSERT INTO due (task, at, note) VALUES (?, ?, ?)
      ON CONFLICT (task) DO UPDATE SET at = excluded.at, note = excluded.note`;
    this.#write(task, write, task, at, JSON.stringify(note));
    if (at !== null) this.#arm();
  }

  /** Stores the data of a task, without changing when it is due. */
  keep(task: Task, note: object): void {
    this.#write(task, "UPDATE due SET note = ? WHERE task = ?", JSON.stringify(note), task);
  }

  /** Deletes a task and its data. */
  drop(task: Task): void {
    this.#write(task, "DELETE FROM due WHERE task = ?", task);
  }

  /**
   * Runs the tasks that are due. Each returns when it is due again, or null; one that throws is retried. A task may run
   * twice, as alarms may. Unknown tasks, as after a rollback of the code, are kept.
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
        // A bug or a full storage does not pass as fast as a failed call.
        return retryAt(2);
      };
      const run = async () => (isKnown(task) ? tasks[task]() : unknown(task));
      const next = await run().catch(again);
      // The task may have deleted all tables.
      if (!this.#db.exists) return;
      try {
        this.#next(task, next, now);
      } catch (error) {
        earliest = again(error);
      }
    }
    this.#arm(earliest);
  }

  /** Stores when a task is due again, unless it was scheduled meanwhile. */
  #next(task: string, next: number | null, now: number): void {
    const sooner = "CASE WHEN at > ?3 THEN min(at, coalesce(?2, at)) ELSE ?2 END";
    const write = `UPDATE due SET at = ${sooner} WHERE task = ?1`;
    this.#write(task, write, task, next, now);
  }

  /**
   * Sets the alarm, as part of the open transaction if there is one.
   * @param earliest milliseconds since 1970: if the next time of a task could not be stored, the alarm must not repeat at once
   */
  #arm(earliest = 0): void {
    const [next] = this.#db.rows<{ at: number | null }>("SELECT min(at) AS at FROM due");
    if (typeof next?.at === "number") void this.#storage.setAlarm(Math.max(next.at, earliest));
  }
}

/** Skips a task of newer code. @returns when to look at it again */
function unknown(task: string): number {
  log("error", "task_unknown", { task });
  return Date.now() + UNKNOWN_MS;
}
