/** Calls of users' objects. */
import type { Context } from "hono";
import type { AppEnv, Env } from "../env";
import { requireUser } from "../middleware/scope";
import { objectOf } from "../object-of";
import { type CallOptions, callObject, objectName } from "./call-object";

type Stub = ReturnType<Env["USER_DO"]["getByName"]>;

/** Calls a user's object; see {@link callObject}. */
export async function callUser<R>(
  c: Context<AppEnv>,
  userId: string,
  call: (stub: Stub) => R,
  options?: CallOptions,
): Promise<Awaited<R>> {
  requireUser(c, userId);
  return callObject(c, () => objectOf(c.env.USER_DO, objectName(c, userId), c.env), call, options);
}

/** Returns the object's name of the only user that a token may read; undefined if the token may read everything. */
export const readerOf = (c: Context<AppEnv>): string | undefined =>
  c.var.caller.userId === undefined ? undefined : objectName(c, c.var.caller.userId);
