export type Row = Record<string, SqlStorageValue>;

/** Queries and statements on an object's tables. */
export interface Tables {
  /** The JSON of the values that `metaOf` has read or `setMeta` has written; undefined for a missing key. */
  readonly meta: Map<string, string | undefined>;
  rows<R extends Row>(query: string, ...values: SqlStorageValue[]): R[];
  /** As {@link rows}, each as an array of its columns, for a third of the cost. Read all before the next `await`. */
  tuples<T extends SqlStorageValue[]>(query: string, ...values: SqlStorageValue[]): Generator<T>;
  /** Runs one statement that writes. Throws outside a transaction. */
  write(query: string, ...values: SqlStorageValue[]): void;
  /** Runs a function in a transaction, which may be part of another one. */
  transaction<T>(run: () => T): T;
  /** Registers a cache of rows, once, by the function that empties it: after a failed transaction, and if tables come or go. */
  caches(drop: () => void): void;
}

/** Tables without rows. */
export const noTables: Tables = {
  meta: new Map(),
  rows: () => [],
  *tuples() {},
  write() {
    throw new Error("This session is only read.");
  },
  transaction: (run) => run(),
  caches() {},
};
