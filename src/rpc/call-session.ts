/** How routes reach a session, and ask it with the defaults of the settings. */
import type { Context } from "hono";
import type { AppEnv, Asking, AskRequest, Env } from "../env";
import { can, needsOf, type Wanted } from "../llm/catalogue";
import type { EmbeddingOptions } from "../llm/embedder";
import type { LlamaOptions } from "../llm/llama";
import { requireSession } from "../middleware/scope";
import { settingsOf } from "../settings";
import { withToday } from "../turn/dates";
import type { Ask, AskReply } from "../turn/types";
import { callObject, objectName } from "./call-object";
import { meterOf, requireAllowance } from "./call-tenant";
import { askingUserOf } from "./call-user";

type Stub = ReturnType<Env["CHAT_DO"]["getByName"]>;

/** Calls a session's object, as {@link callObject} does. */
export async function callSession<R>(
  c: Context<AppEnv>,
  sessionId: string,
  call: (stub: Stub, again: boolean) => R,
  times: "once" | "twice" = "twice",
): Promise<Awaited<R>> {
  requireSession(c, sessionId);
  c.var.logged.sessionId = sessionId;
  return callObject(c, () => c.env.CHAT_DO.getByName(objectName(c, sessionId)), call, times);
}

/** What a route asks; the settings bring the rest. */
export type SessionAsk = Omit<AskRequest, "turnId" | "again" | "model" | "embedding" | "user" | "limits" | "meter">;

/** Asks a session: one call, and the same turn where it has to be repeated. */
export async function askSession(
  c: Context<AppEnv>,
  sessionId: string,
  request: SessionAsk,
  userId?: string,
): Promise<AskReply> {
  requireAllowance(c);
  const turn = {
    ...request,
    ...askingOf(c, sessionId, userId, request.ask),
    turnId: crypto.randomUUID(),
    limits: limitsOf(c),
    meter: meterOf(c),
  };
  const { timings } = c.var;
  const before = timings.memory;
  const reply: AskReply = await callSession(c, sessionId, (stub, again) => stub.ask({ ...turn, again }));
  if (reply.state !== "failed") {
    c.var.logged.turnId = reply.turnId;
    if (reply.state === "finished") c.var.logged.usage = reply.turn.usage;
    // Two machines' clocks differ, and a turn that is joined late was with the model before this request.
    const model = Math.max(0, Math.min(reply.modelMs, timings.memory - before));
    timings.memory -= model;
    timings.model += model;
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
    streamMs: settings.MODEL_STREAM_MS,
    gateway: settings.AI_GATEWAY,
  };
}

/** A question, or none, in a session, with the configured models and who asks. */
export function askingOf(
  c: Context<AppEnv>,
  sessionId: string,
  userId: string | undefined,
  ask: Ask = askOf(c, { question: "" }),
): Asking {
  const user = askingUserOf(c, sessionId, userId, modelOf(c, { format: { schema: null } }));
  return { ask, model: modelOf(c, ask), embedding: embeddingOf(c), user };
}

/** The configured encoder; undefined where there is none. */
export function embeddingOf(c: Context<AppEnv>): EmbeddingOptions | undefined {
  const { EMBEDDING_MODEL: model, EMBEDDING_TIMEOUT_MS: timeoutMs, AI_GATEWAY: gateway } = settingsOf(c.env);
  return model === "" ? undefined : { model, timeoutMs, gateway, meter: meterOf(c) };
}

/** How large the settings let a session become. */
export function limitsOf(c: Context<AppEnv>) {
  const { SESSION_MAX_MESSAGES, SESSION_MAX_MB } = settingsOf(c.env);
  return { messages: SESSION_MAX_MESSAGES, bytes: SESSION_MAX_MB * 1_000_000 };
}

/** A question with the defaults of the settings. */
export function askOf(
  c: Context<AppEnv>,
  request: {
    question: string;
    maxTokens?: number | undefined;
    temperature?: number | undefined;
    timeZone?: string | undefined;
  },
): Ask {
  const settings = settingsOf(c.env);
  const timeZone = request.timeZone ?? settings.TIME_ZONE;
  return {
    question: request.question,
    systemPrompt: withToday(settings.SYSTEM_PROMPT, Date.now(), timeZone),
    timeZone,
    contextTokens: settings.CONTEXT_TOKENS,
    recallTokens: settings.RECALL_TOKENS,
    maxTokens: request.maxTokens ?? settings.REPLY_TOKENS,
    temperature: request.temperature,
  };
}
