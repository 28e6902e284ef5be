/** What handlers find in their context, and how they reach a session's memory. */
import type { Context } from "hono";
import { type AppEnv, settingsOf } from "../env";
import { Llama } from "../llm/llama";
import { timed, timedModel } from "../middleware/timing";
import type { Ask } from "../turn/budget";
import { answer, type Session, stream } from "../turn/turn";
import type { Memory, Model } from "../turn/types";

/** The name of a session's object: of the default tenant as existing deployments name it. */
const objectName = (c: Context<AppEnv>, sessionId: string) =>
  c.var.tenant ? `${c.var.tenant}/${sessionId}` : sessionId;

/** The stub of a session's ChatDO; a fresh one at each call. */
export const sessionOf = (c: Context<AppEnv>, sessionId: string) => c.env.CHAT_DO.getByName(objectName(c, sessionId));

/** Whether an error of the platform has a mark: https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
export const isMarked = (error: unknown, mark: "retryable" | "overloaded") =>
  error instanceof Error && Reflect.get(error, mark) === true;

/** Calls once more where the platform says that it helps: never an object that is overloaded. */
async function retried<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isMarked(error, "retryable") || isMarked(error, "overloaded")) throw error;
    return call();
  }
}

/** A session's memory as a turn uses it, timed; through a fresh stub at each call, all of which may be repeated. */
export function memoryFor(c: Context<AppEnv>, sessionId: string): Session {
  const stub = (): Memory => sessionOf(c, sessionId);
  const run = <T>(call: () => Promise<T>) => timed(c.var.timings, "memory", () => retried(call));
  return () => ({
    context: (question, budget) => run(() => stub().context(question, budget)),
    openTurn: (request) => run(() => stub().openTurn(request)),
    remember: (identity, finished) => run(() => stub().remember(identity, finished)),
    follow: (turnId, after) => run(() => stub().follow(turnId, after)),
  });
}

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
