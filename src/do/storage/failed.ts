import { log } from "../../log";
import type { Failure } from "../../turn/result";

/** A write that failed: told to whoever wanted it, and to the operator. */
export function storageFailed(error: unknown): Failure {
  log("error", "storage_failed", { error: String(error) });
  return { reason: "storage_failed" };
}
