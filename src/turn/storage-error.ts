/**
 * Failures of an object's storage that reach the Worker as errors and not as values. RPC drops the class of an error
 * but keeps its message, so the message contains the code.
 */
import type { Failure } from "./result";

const TOO_NEW = "schema_too_new";
/** SQLite's code: the disk was full when the object's writes were committed, after its reply. */
const FULL = "SQLITE_FULL";

/** Every read and write of an object throws this error if a newer version made its tables. */
export class SchemaTooNewError extends Error {
  override readonly name = "SchemaTooNewError";

  constructor() {
    super(`${TOO_NEW}: a newer version of Llamory wrote this object's tables; deploy that version or a later one`);
  }
}

/** An error that the storage has thrown, with its message and stack. All other errors of an object are bugs. */
export class StorageError extends Error {
  override readonly name = "StorageError";

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    if (cause instanceof Error && cause.stack !== undefined) this.stack = cause.stack;
  }
}

/** Runs a function that only calls the storage. @throws {StorageError} if it throws */
export function onStorage<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new StorageError(error);
  }
}

/** Returns the failure for an error of an object; undefined for all other errors. */
export function storageFailureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.message.includes(TOO_NEW)) return { reason: "schema_too_new" };
  return error.message.includes(FULL) ? { reason: "storage_failed" } : undefined;
}
