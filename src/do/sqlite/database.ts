/**
 * The SQLite of one object. The first write creates the tables: an object that is only read has none, and its reads find
 * nothing.
 *
 * Every write is part of a transaction, because without one a later error would leave earlier writes behind.
 */
import { log } from "../../log";
import { onStorage, SchemaTooNewError, StorageError } from "../../turn/storage-error";
import { hasTables, isNewer, type Kind, migrate } from "./migrations";
import type { Row, Tables } from "./tables";

export class Database implements Tables {
  readonly #storage: DurableObjectStorage;
  readonly #kind: Kind;
  readonly #caches: (() => void)[] = [];
  readonly meta = new Map<string, string | undefined>();
  /** Whether newer code made the tables: then every read and write fails with {@link SchemaTooNewError}. */
  readonly newer: boolean;
  /** Whether schema steps ran when the object woke. They may have planned tasks. */
  readonly migrated: boolean;
  #exists: boolean;
  #inTransaction = false;

  constructor(storage: DurableObjectStorage, kind: Kind) {
    this.#storage = storage;
    this.#kind = kind;
    this.#exists = hasTables(storage.sql);
    this.newer = isNewer(storage.sql, kind);
    if (this.newer) log("error", "schema_too_new", { kind });
    this.migrated = !this.newer && this.#exists && migrate(storage, kind);
  }

  /** Whether the object has tables. */
  get exists(): boolean {
    return this.#exists;
  }

  rows<R extends Row>(query: string, ...values: SqlStorageValue[]): R[] {
    this.#require();
    return this.#exists ? onStorage(() => this.#storage.sql.exec<R>(query, ...values).toArray()) : [];
  }

  *tuples<T extends SqlStorageValue[]>(query: string, ...values: SqlStorageValue[]): Generator<T> {
    this.#require();
    if (!this.#exists) return;
    try {
      yield* this.#storage.sql.exec(query, ...values).raw<T>();
    } catch (error) {
      throw new StorageError(error);
    }
  }

  write(query: string, ...values: SqlStorageValue[]): void {
    if (!this.#inTransaction) throw new Error("A write outside a transaction.");
    if (!this.#exists) {
      onStorage(() => migrate(this.#storage, this.#kind));
      this.#dropCaches();
    }
    this.#exists = true;
    onStorage(() => this.#storage.sql.exec(query, ...values));
  }

  caches(drop: () => void): void {
    this.#caches.push(drop);
  }

  /** Runs the function in a transaction. If it throws, rolls back and empties the caches, which may hold rolled-back rows. */
  transaction<T>(run: () => T): T {
    this.#require();
    const [existed, isNested] = [this.#exists, this.#inTransaction];
    let isRunning = false;
    try {
      return this.#storage.transactionSync(() => {
        this.#inTransaction = true;
        isRunning = true;
        const result = run();
        isRunning = false;
        return result;
      });
    } catch (error) {
      this.#exists = existed;
      this.#dropCaches();
      // The transaction could not be begun or committed.
      throw isRunning ? error : new StorageError(error);
    } finally {
      this.#inTransaction = isNested;
    }
  }

  /** Resolves when all writes are durable. */
  async durable(): Promise<void> {
    try {
      await this.#storage.sync();
    } catch (error) {
      throw new StorageError(error);
    }
  }

  /** Deletes everything, with the alarm, and gives the storage back. Has its effect at once; rejects if it fails later. */
  async destroy(): Promise<void> {
    this.#require();
    if (!this.#exists) return;
    this.#exists = false;
    this.#dropCaches();
    try {
      await this.#storage.deleteAll();
    } catch (error) {
      this.#exists = hasTables(this.#storage.sql);
      this.#dropCaches();
      throw new StorageError(error);
    }
  }

  #dropCaches(): void {
    this.meta.clear();
    for (const drop of this.#caches) drop();
  }

  #require(): void {
    if (this.newer) throw new SchemaTooNewError();
  }
}
