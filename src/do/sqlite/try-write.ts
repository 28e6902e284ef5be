import { errorFields, log } from "../../log";
import { type Failure, failed, type Result } from "../../turn/result";
import { SchemaTooNewError, StorageError } from "../../turn/storage-error";

/**
 * Logs an error that was thrown: once, with its stack. Anything but an error of the storage is a bug.
 * @param turnId the turn that it ended, if any
 * @returns the failure for the caller
 */
export function thrownFailure(error: unknown, turnId?: string): Failure {
  // Logged when the object woke.
  if (error instanceof SchemaTooNewError) return { reason: "schema_too_new" };
  if (error instanceof StorageError) {
    log("error", "storage_failed", errorFields(error));
    return { reason: "storage_failed" };
  }
  log("error", turnId === undefined ? "internal_error" : "turn_failed", { turnId, ...errorFields(error) });
  return { reason: "internal" };
}

/** Runs a function that writes. @returns its result, or the failure if it throws */
export function tryWrite<T>(write: () => Result<T>): Result<T> {
  try {
    return write();
  } catch (error) {
    return failed(thrownFailure(error));
  }
}
