/** How the tables of a session are spoken to, and those in which its import gathers. */
import { schema } from "./migrations";
import { Transactions } from "./transactions";

export type Row = Record<string, SqlStorageValue>;

/** Queries and statements, written for the session's own tables. */
export interface Tables {
  rows<R extends Row>(query: string, ...values: SqlStorageValue[]): R[];
  /** As {@link rows}, each as an array of its columns, which costs a third. One by one: use them up before the next await. */
  tuples<T extends SqlStorageValue[]>(query: string, ...values: SqlStorageValue[]): Generator<T>;
  /** One statement that writes: call it inside a transaction. */
  write(query: string, ...values: SqlStorageValue[]): void;
  /** Registers a cache of rows of these tables, once, by the function that empties it: called when a transaction fails. */
  caches(drop: () => void): void;
}

/** What the steps of the schema make, and name anew. */
const namesAfter = (word: string) =>
  [...schema.matchAll(new RegExp(`${word} (\\w+)`, "g"))].flatMap(([, name = ""]) => name);
const TABLES = [...new Set(namesAfter("CREATE (?:VIRTUAL )?TABLE"))];
const NAMES = new RegExp(
  `\\b(?:${[...TABLES, ...namesAfter("CREATE INDEX"), ...namesAfter("RENAME TO")].join("|")})\\b`,
  "g",
);

/** A statement about a session's tables, told of those of its import. */
export const staged = (query: string) => query.replace(NAMES, "staged_$&");

/** Drops what an import has gathered. */
export function dropStaged(sql: SqlStorage): void {
  for (const table of TABLES) sql.exec(`DROP TABLE IF EXISTS ${staged(table)}`);
}

export class StagedTables implements Tables {
  readonly #sql: SqlStorage;
  readonly #transactions: Transactions;

  constructor(storage: DurableObjectStorage) {
    this.#sql = storage.sql;
    this.#transactions = new Transactions(storage);
  }

  rows<R extends Row>(query: string, ...values: SqlStorageValue[]): R[] {
    return this.#sql.exec<R>(staged(query), ...values).toArray();
  }

  *tuples<T extends SqlStorageValue[]>(query: string, ...values: SqlStorageValue[]): Generator<T> {
    yield* this.#sql.exec(staged(query), ...values).raw<T>();
  }

  write(query: string, ...values: SqlStorageValue[]): void {
    this.#sql.exec(staged(query), ...values);
  }

  caches(drop: () => void): void {
    this.#transactions.register(drop);
  }

  /** Runs the function in a transaction. Rolls back and throws if it throws. */
  transaction<T>(run: () => T): T {
    return this.#transactions.run(run);
  }
}
