/**
 * The SQLite of one object, whose tables are made by its first write: what was only ever read has none.
 *
 * Reads of an object without tables find nothing. Every write stands in a transaction, because without one a throw
 * after the first write would leave that write behind.
 */
import { type Kind, migrate } from "./migrations";
import { dropStaged, type Row, type Tables } from "./tables";

export class Database implements Tables {
  readonly #storage: DurableObjectStorage;
  readonly #kind: Kind;
  #exists: boolean;

  constructor(storage: DurableObjectStorage, kind: Kind) {
    this.#storage = storage;
    this.#kind = kind;
    // Of an import that was lost with its object.
    dropStaged(storage.sql);
    const tables = storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'meta'").toArray();
    this.#exists = tables.length > 0;
    if (this.#exists) migrate(storage, kind);
  }

  /** Whether anything was ever written. */
  get exists(): boolean {
    return this.#exists;
  }

  rows<R extends Row>(query: string, ...values: SqlStorageValue[]): R[] {
    return this.#exists ? this.#storage.sql.exec<R>(query, ...values).toArray() : [];
  }

  *tuples<T extends SqlStorageValue[]>(query: string, ...values: SqlStorageValue[]): Generator<T> {
    if (this.#exists) yield* this.#storage.sql.exec(query, ...values).raw<T>();
  }

  write(query: string, ...values: SqlStorageValue[]): void {
    this.#storage.sql.exec(query, ...values);
  }

  /** All of what the function writes, or nothing. */
  transaction<T>(run: () => T): T {
    const existed = this.#exists;
    try {
      return this.#storage.transactionSync(() => {
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
    if (!this.#exists) return;
    this.#exists = false;
    await this.#storage.deleteAll();
  }
}
