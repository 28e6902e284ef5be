/**
 * Failures of an object's storage that reach the Worker as errors and not as values: an error leaves an object without its
 * class, but with its message, so the message carries the code.
 */
import type { Failure } from "./result";

const TOO_NEW = "schema_too_new";
/** SQLite's own: the disk turned out to be full when the object's writes were committed, after it had replied. */
const FULL = "SQLITE_FULL";

/** Every read and write of an object throws this error if a newer version made its tables. */
export class SchemaTooNewError extends Error {
  override readonly name = "SchemaTooNewError";

  constructor() {
    super(`${TOO_NEW}: a newer version of Llamory wrote this object's tables; deploy that version or a later one`);
  }
}

/** Returns the failure that an error of an object stands for; undefined for all other errors. */
export function storageFailureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.message.includes(TOO_NEW)) return { reason: "schema_too_new" };
  return error.message.includes(FULL) ? { reason: "storage_failed" } : undefined;
}
