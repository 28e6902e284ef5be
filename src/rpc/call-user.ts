/** Calls a user's object, and describes the user of an ask to its session. */
import type { Context } from "hono";
import type { AppEnv, AskingUser, Env } from "../env";
import type { LlamaOptions } from "../llm/llama";
import { requireUser } from "../middleware/scope";
import { settingsOf } from "../settings";
import { callObject, objectName } from "./call-object";
import { quotaOf } from "./call-tenant";

type Stub = ReturnType<Env["USER_DO"]["getByName"]>;

/** Calls a user's object, as {@link callObject} does. */
export async function callUser<R>(
  c: Context<AppEnv>,
  userId: string,
  call: (stub: Stub) => R,
  times: "once" | "twice" = "twice",
): Promise<Awaited<R>> {
  requireUser(c, userId);
  return callObject(c, () => c.env.USER_DO.getByName(objectName(c, userId)), call, times);
}

/**
 * Returns the user of an ask: the user that the request names, else the user of its token; undefined without both.
 * @param model the model that extracts facts
 */
export function askingUserOf(
  c: Context<AppEnv>,
  sessionId: string,
  named: string | undefined,
  model: LlamaOptions,
): AskingUser | undefined {
  const { FACTS, FACT_TOKENS: factTokens, USER_TIMEOUT_MS: timeoutMs } = settingsOf(c.env);
  if (named !== undefined) requireUser(c, named);
  const userId = named ?? c.var.caller.userId;
  if (userId === undefined) return undefined;
  const extracts = FACTS === "model" && model.model !== "";
  return {
    object: objectName(c, userId),
    sessionId,
    mayAdopt: c.var.caller.userId === undefined,
    timeoutMs,
    factTokens,
    extraction: extracts ? { model, meter: quotaOf(c) } : undefined,
  };
}

/** Returns the object of the user to whom a token limits reads; undefined for tokens that may read everything. */
export const readerOf = (c: Context<AppEnv>): string | undefined =>
  c.var.caller.userId === undefined ? undefined : objectName(c, c.var.caller.userId);
