/** An import into an empty session. Its rows are in the session's tables, and hidden until the import is finished. */
import type { Entry } from "../../turn/types";
import type { Messages } from "../memory/messages";
import type { Database } from "../sqlite/database";
import type { Schedule, SessionTask } from "../sqlite/schedule";
import { thrownFailure } from "../sqlite/try-write";
import { setAppendedAt } from "./appended-at";
import { messagesOf } from "./entries";
import type { TurnRows } from "./turn-rows";

/** Milliseconds after its last batch after which the alarm deletes an import: a client sends a batch each second or so. */
const IDLE_MS = 600_000;

export class SessionImport {
  readonly #db: Database;
  readonly #schedule: Schedule<SessionTask>;
  readonly #messages: Messages;
  readonly #turns: TurnRows;
  readonly #store: { readonly empty: boolean };
  /** The import that runs. */
  id: string | undefined;

  constructor(
    db: Database,
    schedule: Schedule<SessionTask>,
    messages: Messages,
    turns: TurnRows,
    store: { readonly empty: boolean },
  ) {
    this.#db = db;
    this.#schedule = schedule;
    this.#messages = messages;
    this.#turns = turns;
    this.#store = store;
  }

  /** Deletes an import that was lost with its object. */
  dropLost(): void {
    this.id = this.#schedule.noted<{ id: string }>("import")?.id;
    try {
      this.drop();
    } catch (error) {
      // The next write tries again. Reads show an empty session meanwhile.
      thrownFailure(error);
    }
  }

  /** The messages so far. */
  get count(): number {
    return this.#messages.end().last;
  }

  /** Starts an import in place of one that was not finished. @returns its id */
  begin(id: string): string {
    this.#db.transaction(() => {
      this.clear();
      this.#schedule.note("import", Date.now() + IDLE_MS, { id });
    });
    this.id = id;
    return id;
  }

  /** Adds entries. @returns the index of the first one whose turn id is taken; it and later ones are not added */
  add(entries: Entry[]): number | null {
    return this.#db.transaction(() => {
      this.#schedule.note("import", Date.now() + IDLE_MS, { id: this.id });
      const at = entries.findIndex((entry) => !this.#add(entry));
      return at === -1 ? null : at;
    });
  }

  #add(entry: Entry): boolean {
    if ("message" in entry) {
      this.#messages.append([entry.message]);
      return true;
    }
    const { id, createdAt, finishedAt, ...finished } = entry.turn;
    if (this.#turns.get(id)) return false;
    const { before, answer } = messagesOf(entry.turn);
    const place = this.#messages.appendTurn(id, before, answer);
    this.#turns.insert({ id, createdAt }, place, finished, finishedAt);
    return true;
  }

  /** Makes the import the content of the session. @param also runs in the same transaction @returns the number of messages */
  finish(also: () => void): number {
    this.#db.transaction(() => {
      this.#schedule.drop("import");
      setAppendedAt(this.#db);
      also();
    });
    this.id = undefined;
    return this.count;
  }

  /** Deletes the import that runs. A session that stored nothing else then has no tables. */
  drop(): void {
    if (this.id === undefined) return;
    this.#db.transaction(() => this.clear());
    this.id = undefined;
    // The tenant's directory may still list the session, as it was before.
    if (this.#store.empty && !this.#schedule.has("list")) this.#db.destroy().catch(thrownFailure);
  }

  /** Deletes the rows of an import, if one runs, as part of a transaction; set `id` to undefined after it. */
  clear(): void {
    if (this.id === undefined) return;
    this.#turns.clear();
    this.#messages.clear();
    this.#schedule.drop("import");
  }
}
