/** What handlers find in their context, and how they reach a session's memory. */
import type { Context } from "hono";
import { type AppEnv, settingsOf } from "../env";
import { Llama } from "../llm/llama";
import type { Ask } from "../turn/ask";
import type { Model } from "../turn/ports";
import { answer, type Session, stream } from "../turn/turn";
import { timedMemory, timedModel } from "./timing";

/** The name of a session's object: of the default tenant as existing deployments name it. */
const objectName = (c: Context<AppEnv>, sessionId: string) =>
  c.var.tenant ? `${c.var.tenant}/${sessionId}` : sessionId;

/** The stub of a session's ChatDO; a fresh one at each call. */
export const sessionOf = (c: Context<AppEnv>, sessionId: string) => c.env.CHAT_DO.getByName(objectName(c, sessionId));

/** A session's memory as a turn uses it, timed; through a fresh stub at each call. */
export const memoryFor = (c: Context<AppEnv>, sessionId: string) => () =>
  timedMemory(sessionOf(c, sessionId), c.var.timings);

/** Work that goes on when the client is gone. */
export function inBackground<T>(c: Context<AppEnv>, work: Promise<T>): Promise<T> {
  c.executionCtx.waitUntil(work.catch(() => {}));
  return work;
}

/** A question asked for one answer, in the background. */
export const answered = (c: Context<AppEnv>, session: Session, model: Model, ask: Ask) =>
  inBackground(c, answer(session, model, ask));

/** A question asked for a stream, in the background. */
export const streamed = (c: Context<AppEnv>, session: Session, model: Model, ask: Ask) =>
  inBackground(
    c,
    stream(session, model, ask, (work) => inBackground(c, work)),
  );

/** The configured Llama, for one session, timed. */
export function modelFor(c: Context<AppEnv>, sessionId: string): Model {
  const settings = settingsOf(c.env);
  const llama = new Llama(c.env.AI, {
    model: settings.MODEL,
    fallbackModel: settings.FALLBACK_MODEL,
    unknownWindow: settings.CONTEXT_TOKENS,
    timeoutMs: settings.MODEL_TIMEOUT_MS,
    stallMs: settings.MODEL_STALL_MS,
    affinity: objectName(c, sessionId),
  });
  return timedModel(llama, c.var.timings);
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
