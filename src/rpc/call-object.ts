/** Calls of objects: retried if that helps, and timed. */
import type { Context } from "hono";
import type { AppEnv } from "../env";
import { storageFailureOf } from "../turn/storage-error";

/** Returns the name of a session's or a user's object. The default tenant has no prefix, as in earlier versions. */
export const objectName = (c: Context<AppEnv>, id: string) => objectPrefix(c) + id;

/** Returns the prefix of the names of a tenant's objects; empty for the default tenant. */
export const objectPrefix = (c: Context<AppEnv>) => (c.var.caller.tenant ? `${c.var.caller.tenant}/` : "");

/** Whether an error of the platform has a flag; see https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
export const hasFlag = (error: unknown, flag: "retryable" | "overloaded" | "durableObjectReset") =>
  error instanceof Error && Reflect.get(error, flag) === true;

/** Matches errors of the platform itself, for example when it cannot open the storage of an object. */
const isInternal = (error: unknown) => error instanceof Error && error.message.startsWith("internal error; reference");

/** Whether a call was lost with its object or on the way to it. Calls to overloaded or full objects are not repeated. */
export const isLost = (error: unknown) =>
  !hasFlag(error, "overloaded") &&
  !storageFailureOf(error) &&
  (hasFlag(error, "retryable") || hasFlag(error, "durableObjectReset") || isInternal(error));

/** Retrying is the default. Disable it for calls that must not run twice: a lost call may have run. */
export interface CallOptions {
  retry: boolean;
}

/**
 * Calls an object. Repeats a lost call once, on a new stub: the platform recommends that.
 */
export async function callObject<S, R>(
  c: Context<AppEnv>,
  stub: () => S,
  call: (stub: S, again: boolean) => R,
  { retry }: CallOptions = { retry: true },
): Promise<Awaited<R>> {
  const started = performance.now();
  try {
    return await call(stub(), false);
  } catch (error) {
    if (!retry || !isLost(error)) throw error;
    return await call(stub(), true);
  } finally {
    c.var.timings.memory += performance.now() - started;
  }
}
