/** An import: it gathers in tables of its own, which take the place of the session's in one transaction. */
import type { Entry } from "../../turn/types";
import { Messages } from "../memory/messages";
import { schema, TURNS_BY_KEY } from "../sqlite/migrations";
import { dropStaged, StagedTables, staged } from "../sqlite/tables";
import { messagesOf } from "./entries";
import { TurnRows } from "./turn-rows";

export class Staging {
  readonly id = crypto.randomUUID();
  readonly #storage: DurableObjectStorage;
  readonly #tables: StagedTables;
  readonly #messages: Messages;
  readonly #turns: TurnRows;

  /** Begins; what an import before it has gathered goes. */
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#tables = new StagedTables(storage);
    this.#messages = new Messages(this.#tables);
    this.#turns = new TurnRows(this.#tables);
    this.#tables.transaction(() => {
      dropStaged(storage.sql);
      storage.sql.exec(staged(schema));
    });
  }

  /** How many messages there are so far. */
  get count(): number {
    return this.#messages.end().last;
  }

  /** Adds entries in order. @returns the place of the first whose turn's id is taken: it and those after it are not added */
  add(entries: Entry[]): number | null {
    return this.#tables.transaction(() => {
      const at = entries.findIndex((entry) => !this.#add(entry));
      return at === -1 ? null : at;
    });
  }

  #add(entry: Entry): boolean {
    if ("message" in entry) {
      this.#messages.append([entry.message]);
      return true;
    }
    const { id, question = "", createdAt, finishedAt, ...finished } = entry.turn;
    if (this.#turns.get(id)) return false;
    const { said, answer } = messagesOf(entry.turn);
    const place = this.#messages.appendTurn(id, said, answer);
    this.#turns.insert({ id, question, createdAt }, place, finished, finishedAt);
    return true;
  }

  drop(): void {
    this.#tables.transaction(() => dropStaged(this.#storage.sql));
  }

  /** Takes the place of the session's tables, which are empty. Call it inside a transaction. */
  swap(): void {
    const { sql } = this.#storage;
    for (const table of ["messages_fts", "messages", "turns"]) {
      sql.exec(`DROP TABLE ${table}`);
      sql.exec(`ALTER TABLE ${staged(table)} RENAME TO ${table}`);
    }
    // An index keeps its name, which the next import needs.
    sql.exec(`${staged("DROP INDEX turns_by_key")}; ${TURNS_BY_KEY}`);
    dropStaged(sql);
  }
}
