import { errorFields, log } from "../../log";
import { type Failure, failed, type Result } from "../../turn/result";
import { SchemaTooNewError } from "../../turn/storage-error";

/** Logs a failed read or write. @returns the failure for the caller */
export function storageFailed(error: unknown): Failure {
  // Logged when the object woke.
  if (error instanceof SchemaTooNewError) return { reason: "schema_too_new" };
  log("error", "storage_failed", errorFields(error));
  return { reason: "storage_failed" };
}

/** Runs a function that writes. @returns its result, or the failure if it throws */
export function tryWrite<T>(write: () => Result<T>): Result<T> {
  try {
    return write();
  } catch (error) {
    return failed(storageFailed(error));
  }
}
