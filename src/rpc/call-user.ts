/** Calls of users' objects. */
import type { Context } from "hono";
import type { AppEnv, Env, SessionUser } from "../env";
import type { LlamaOptions } from "../llm/llama";
import { requireUser } from "../middleware/scope";
import { objectOf } from "../object-of";
import { settingsOf } from "../settings";
import { type CallOptions, callObject, objectName } from "./call-object";
import { quotaOf } from "./call-tenant";

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

/**
 * Returns the user of a request to a session: the named one, else the token's; undefined without either.
 * @param model extracts facts
 */
export function sessionUserOf(
  c: Context<AppEnv>,
  sessionId: string,
  named: string | undefined,
  model: LlamaOptions,
): SessionUser | undefined {
  const { FACTS, FACT_TOKENS: factTokens, USER_TIMEOUT_MS: timeoutMs, TIME_ZONE: timeZone } = settingsOf(c.env);
  if (named !== undefined) requireUser(c, named);
  const userId = named ?? c.var.caller.userId;
  if (userId === undefined) return undefined;
  const { EMBEDDING_MODEL, AI_GATEWAY: gateway } = settingsOf(c.env);
  const learns = FACTS === "model" && model.model !== "";
  return {
    object: objectName(c, userId),
    sessionId,
    canClaim: c.var.caller.userId === undefined,
    timeoutMs,
    factTokens,
    extraction: learns ? { model, meter: quotaOf(c), timeZone } : undefined,
    encoder: EMBEDDING_MODEL === "" ? undefined : { model: EMBEDDING_MODEL, gateway, meter: quotaOf(c) },
  };
}

/** Returns the object's name of the only user that a token may read; undefined if the token may read everything. */
export const readerOf = (c: Context<AppEnv>): string | undefined =>
  c.var.caller.userId === undefined ? undefined : objectName(c, c.var.caller.userId);
