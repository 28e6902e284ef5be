/** Runs transactions, and drops the caches of stored rows when one fails. */
export class Transactions {
  readonly #storage: DurableObjectStorage;
  readonly #caches: (() => void)[] = [];

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Registers a cache of stored rows, once, by the function that empties it. */
  register(drop: () => void): void {
    this.#caches.push(drop);
  }

  /** Empties all caches. */
  dropCaches(): void {
    for (const drop of this.#caches) drop();
  }

  /** Runs the function in a transaction. If it throws, rolls back and empties the caches, which may hold rolled-back rows. */
  run<T>(write: () => T): T {
    try {
      return this.#storage.transactionSync(write);
    } catch (error) {
      this.dropCaches();
      throw error;
    }
  }
}
