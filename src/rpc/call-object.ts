/** How routes call objects: each call is made the same way, again where that helps, and timed. */
import type { Context } from "hono";
import type { AppEnv } from "../env";
import { storageFailureOf } from "../turn/storage-error";

/** The name of a session's object, or of a user's: of the default tenant as existing deployments name it. */
export const objectName = (c: Context<AppEnv>, id: string) => objectPrefix(c) + id;

/** What stands before the names of the caller's objects. */
export const objectPrefix = (c: Context<AppEnv>) => (c.var.caller.tenant ? `${c.var.caller.tenant}/` : "");

/** Whether an error of the platform has a flag: https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
export const hasFlag = (error: unknown, flag: "retryable" | "overloaded" | "durableObjectReset") =>
  error instanceof Error && Reflect.get(error, flag) === true;

/** Matches errors of the platform itself, for example when it cannot open the storage of an object. */
const isInternal = (error: unknown) => error instanceof Error && error.message.startsWith("internal error; reference");

/** Whether a call was lost with its object, or on the way to it; an overloaded object, or a full one, is left in peace. */
export const isLost = (error: unknown) =>
  !hasFlag(error, "overloaded") &&
  !storageFailureOf(error) &&
  (hasFlag(error, "retryable") || hasFlag(error, "durableObjectReset") || isInternal(error));

/**
 * Calls an object, which may have been lost: again, on a fresh stub, where the platform says that it helps.
 * @param times `once` for what must not be done twice: a call that was lost may have been done
 */
export async function callObject<S, R>(
  c: Context<AppEnv>,
  stub: () => S,
  call: (stub: S, again: boolean) => R,
  times: "once" | "twice",
): Promise<Awaited<R>> {
  const started = performance.now();
  try {
    return await call(stub(), false);
  } catch (error) {
    if (times === "once" || !isLost(error)) throw error;
    return await call(stub(), true);
  } finally {
    c.var.timings.memory += performance.now() - started;
  }
}
