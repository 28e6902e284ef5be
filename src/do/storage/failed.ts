import type { Failure } from "../../turn/result";

/** A write that failed: told to whoever wanted it, and to the operator. */
export function storageFailed(error: unknown): Failure {
  console.error(JSON.stringify({ event: "storage_failed", error: String(error) }));
  return { reason: "storage_failed" };
}
