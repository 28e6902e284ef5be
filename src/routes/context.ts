/** What handlers find in their context, and how they reach a session's memory. */
import type { Context } from "hono";
import { type AppEnv, settingsOf } from "../env";
import { Llama } from "../llm/llama";
import type { Ask } from "../turn/ask";

/** The name of a session's object: of the default tenant as existing deployments name it. */
const objectName = (c: Context<AppEnv>, sessionId: string) =>
  c.var.tenant ? `${c.var.tenant}/${sessionId}` : sessionId;

/** The stub of a session's ChatDO; a fresh one at each call. */
export const sessionOf = (c: Context<AppEnv>, sessionId: string) => c.env.CHAT_DO.getByName(objectName(c, sessionId));

/** The configured Llama, for one session. */
export function modelFor(c: Context<AppEnv>, sessionId: string): Llama {
  const settings = settingsOf(c.env);
  return new Llama(c.env.AI, {
    model: settings.MODEL,
    fallbackModel: settings.FALLBACK_MODEL,
    unknownWindow: settings.CONTEXT_TOKENS,
    timeoutMs: settings.MODEL_TIMEOUT_MS,
    stallMs: settings.MODEL_STALL_MS,
    affinity: objectName(c, sessionId),
  });
}

/** A question with the defaults of the settings. */
export function askOf(
  c: Context<AppEnv>,
  request: { question: string; maxTokens?: number | undefined; temperature?: number | undefined },
): Ask {
  const settings = settingsOf(c.env);
  return {
    question: request.question,
    systemPrompt: settings.SYSTEM_PROMPT,
    contextTokens: settings.CONTEXT_TOKENS,
    recallTokens: settings.RECALL_TOKENS,
    maxTokens: request.maxTokens ?? settings.REPLY_TOKENS,
    temperature: request.temperature,
  };
}
