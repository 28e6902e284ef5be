/** How routes reach a session: each call is made the same way, again where that helps, and timed. */
import type { Context } from "hono";
import { type AppEnv, type Asking, type AskRequest, type Env, settingsOf } from "../env";
import { can, needsOf, type Wanted } from "../llm/catalogue";
import type { EmbeddingOptions } from "../llm/embedder";
import type { LlamaOptions } from "../llm/llama";
import { requireSession } from "../middleware/scope";
import type { Ask, AskReply } from "../turn/types";
import { meterOf, requireAllowance } from "./allowance";

type Stub = ReturnType<Env["CHAT_DO"]["getByName"]>;

/** The name of a session's object: of the default tenant as existing deployments name it. */
const objectName = (c: Context<AppEnv>, sessionId: string) =>
  c.var.caller.tenant ? `${c.var.caller.tenant}/${sessionId}` : sessionId;

/** Whether an error of the platform has a flag: https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
export const hasFlag = (error: unknown, flag: "retryable" | "overloaded" | "durableObjectReset") =>
  error instanceof Error && Reflect.get(error, flag) === true;

/** Whether a call was lost with its object, or on the way to it; an overloaded object is left in peace. */
export const isLost = (error: unknown) =>
  !hasFlag(error, "overloaded") && (hasFlag(error, "retryable") || hasFlag(error, "durableObjectReset"));

/**
 * Calls a session's object, which may have been lost: again, on a fresh stub, where the platform says that it helps.
 * @param times `once` for what must not be done twice: a call that was lost may have been done
 */
export async function callSession<R>(
  c: Context<AppEnv>,
  sessionId: string,
  call: (stub: Stub, again: boolean) => R,
  times: "once" | "twice" = "twice",
): Promise<Awaited<R>> {
  requireSession(c, sessionId);
  c.var.logged.sessionId = sessionId;
  const stub = () => c.env.CHAT_DO.getByName(objectName(c, sessionId));
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

/** Asks a session: one call, and the same turn where it has to be repeated. */
export async function askSession(
  c: Context<AppEnv>,
  sessionId: string,
  request: Omit<AskRequest, "turnId" | "again" | "model" | "embedding" | "limits" | "meter">,
): Promise<AskReply> {
  requireAllowance(c);
  const turn = {
    ...request,
    ...askingOf(c, request.ask),
    turnId: crypto.randomUUID(),
    limits: limitsOf(c),
    meter: meterOf(c),
  };
  const reply: AskReply = await callSession(c, sessionId, (stub, again) => stub.ask({ ...turn, again }));
  if (reply.state !== "failed") {
    c.var.logged.turnId = reply.turnId;
    if (reply.state === "finished") c.var.logged.usage = reply.turn.usage;
    c.var.timings.memory -= reply.modelMs;
    c.var.timings.model += reply.modelMs;
  }
  return reply;
}

/** The configured Llama; where it cannot do what an ask needs, the one for that. */
export function modelOf(c: Context<AppEnv>, ask: Wanted = {}): LlamaOptions {
  const settings = settingsOf(c.env);
  const needs = needsOf(ask);
  return {
    model: can(settings.MODEL, needs) ? settings.MODEL : settings.TOOL_MODEL,
    fallbackModel: can(settings.FALLBACK_MODEL, needs) ? settings.FALLBACK_MODEL : "",
    unknownWindow: settings.CONTEXT_TOKENS,
    timeoutMs: settings.MODEL_TIMEOUT_MS,
    stallMs: settings.MODEL_STALL_MS,
    gateway: settings.AI_GATEWAY,
  };
}

/** A question, or none, with the configured models. */
export function askingOf(c: Context<AppEnv>, ask: Ask = askOf(c, { question: "" })): Asking {
  return { ask, model: modelOf(c, ask), embedding: embeddingOf(c) };
}

/** The configured encoder; undefined where there is none. */
export function embeddingOf(c: Context<AppEnv>): EmbeddingOptions | undefined {
  const { EMBEDDING_MODEL: model, EMBEDDING_TIMEOUT_MS: timeoutMs, AI_GATEWAY: gateway } = settingsOf(c.env);
  return model === "" ? undefined : { model, timeoutMs, gateway };
}

/** How large the settings let a session become. */
export function limitsOf(c: Context<AppEnv>) {
  const { SESSION_MAX_MESSAGES, SESSION_MAX_MB } = settingsOf(c.env);
  return { messages: SESSION_MAX_MESSAGES, bytes: SESSION_MAX_MB * 1_000_000 };
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
