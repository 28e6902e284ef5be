import { log } from "../../log";
import { type Failure, failed, type Result } from "../../turn/result";
import { SchemaTooNewError } from "../../turn/storage-error";

/** A write that failed: told to whoever wanted it, and to the operator. */
export function storageFailed(error: unknown): Failure {
  // Logged when the object woke.
  if (error instanceof SchemaTooNewError) return { reason: "schema_too_new" };
  log("error", "storage_failed", { error: String(error) });
  return { reason: "storage_failed" };
}

/** Does something that writes; where that fails, its result is the failure. */
export function written<T>(write: () => Result<T>): Result<T> {
  try {
    return write();
  } catch (error) {
    return failed(storageFailed(error));
  }
}
