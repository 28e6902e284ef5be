/**
 * The SQLite of one object, whose tables are made by its first write: what was only ever read has none.
 *
 * Reads of an object without tables find nothing. Every write stands in a transaction, because without one a throw
 * after the first write would leave that write behind.
 */
import { log } from "../../log";
import { SchemaTooNewError } from "../../turn/storage-error";
import { hasTables, isNewer, type Kind, migrate } from "./migrations";
import { dropStaged, type Row, type Tables } from "./tables";
import { Transactions } from "./transactions";

export class Database implements Tables {
  readonly #storage: DurableObjectStorage;
  readonly #kind: Kind;
  readonly #transactions: Transactions;
  /** Whether newer code made the tables: then every read and write fails with {@link SchemaTooNewError}. */
  readonly newer: boolean;
  #exists: boolean;

  constructor(storage: DurableObjectStorage, kind: Kind) {
    this.#storage = storage;
    this.#kind = kind;
    this.#transactions = new Transactions(storage);
    this.#exists = hasTables(storage.sql);
    this.newer = isNewer(storage.sql, kind);
    if (this.newer) {
      log("error", "schema_too_new", { kind });
      return;
    }
    // Of an import that was lost with its object.
    dropStaged(storage.sql);
    if (this.#exists) migrate(storage, kind);
  }

  /** Whether anything was ever written. */
  get exists(): boolean {
    return this.#exists;
  }

  rows<R extends Row>(query: string, ...values: SqlStorageValue[]): R[] {
    this.#require();
    return this.#exists ? this.#storage.sql.exec<R>(query, ...values).toArray() : [];
  }

  *tuples<T extends SqlStorageValue[]>(query: string, ...values: SqlStorageValue[]): Generator<T> {
    this.#require();
    if (this.#exists) yield* this.#storage.sql.exec(query, ...values).raw<T>();
  }

  write(query: string, ...values: SqlStorageValue[]): void {
    this.#storage.sql.exec(query, ...values);
  }

  caches(drop: () => void): void {
    this.#transactions.register(drop);
  }

  /** Runs the function in a transaction. Rolls back, empties the caches and throws if it throws. */
  transaction<T>(run: () => T): T {
    this.#require();
    const existed = this.#exists;
    try {
      return this.#transactions.run(() => {
        if (!existed) migrate(this.#storage, this.#kind);
        this.#exists = true;
        return run();
      });
    } catch (error) {
      this.#exists = existed;
      throw error;
    }
  }

  /** Resolves when all that was written is durable. */
  durable(): Promise<void> {
    return this.#storage.sync();
  }

  /** Gives the storage back, alarm and all. It is empty at once, so that what is written next begins anew. */
  async destroy(): Promise<void> {
    this.#require();
    if (!this.#exists) return;
    this.#exists = false;
    this.#transactions.dropCaches();
    try {
      await this.#storage.deleteAll();
    } catch (error) {
      this.#exists = hasTables(this.#storage.sql);
      throw error;
    }
  }

  #require(): void {
    if (this.newer) throw new SchemaTooNewError();
  }
}
