/** Calls of sessions' objects, with the defaults of the settings. */
import type { Context } from "hono";
import type { AppEnv, AskRequest, Env, SessionUser } from "../env";
import { can, type Wanted } from "../llm/catalogue";
import type { EmbeddingOptions } from "../llm/embedder";
import type { LlamaOptions } from "../llm/llama";
import { requireSession, requireUser } from "../middleware/scope";
import { objectOf } from "../object-of";
import { settingsOf } from "../settings";
import { measure } from "../turn/budget";
import { withToday } from "../turn/dates";
import { systemPromptOf } from "../turn/prompt";
import type { Sampling } from "../turn/sampling";
import type { AskReply, PromptInput } from "../turn/types";
import { type CallOptions, callObject, objectName } from "./call-object";
import { quotaOf, requireQuota } from "./call-tenant";

type Stub = ReturnType<Env["CHAT_DO"]["getByName"]>;

/** Calls a session's object; see {@link callObject}. */
export async function callSession<R>(
  c: Context<AppEnv>,
  sessionId: string,
  call: (stub: Stub, again: boolean) => R,
  options?: CallOptions,
): Promise<Awaited<R>> {
  requireSession(c, sessionId);
  c.var.logged.sessionId = sessionId;
  return callObject(c, () => objectOf(c.env.CHAT_DO, objectName(c, sessionId), c.env), call, options);
}

/**
 * Builds a request to a session from the settings and a route's own fields. Without `input`, it has no question.
 * @param userId the user of the session; the token's by default
 */
export function askRequestOf(
  c: Context<AppEnv>,
  sessionId: string,
  userId: string | undefined = c.var.caller.userId,
  { input = promptInputOf(c, { question: "" }), ...fields }: Partial<AskRequest> = {},
): AskRequest {
  return {
    turnId: crypto.randomUUID(),
    input,
    model: modelOf(c, input),
    embedding: embeddingOf(c),
    user: userId === undefined ? undefined : sessionUserOf(c, sessionId, userId),
    limits: limitsOf(c),
    meter: quotaOf(c),
    ...fields,
  };
}

/** Returns the user of a request to a session. @param sessionId empty for an import, whose parts name their sessions */
export function sessionUserOf(c: Context<AppEnv>, sessionId: string, userId: string): SessionUser {
  requireUser(c, userId);
  const { FACTS, FACT_TOKENS: factTokens, USER_TIMEOUT_MS: timeoutMs, TIME_ZONE: timeZone } = settingsOf(c.env);
  const model = modelOf(c, { format: { schema: null } });
  const learns = FACTS === "model" && model.model !== "";
  return {
    object: objectName(c, userId),
    sessionId,
    canClaim: c.var.caller.userId === undefined,
    timeoutMs,
    factTokens,
    extraction: learns ? { model, meter: quotaOf(c), timeZone } : undefined,
    encoder: embeddingOf(c),
  };
}

/** Asks a session. A call that was lost is repeated with the same turn id. */
export async function askSession(c: Context<AppEnv>, sessionId: string, request: AskRequest): Promise<AskReply> {
  requireQuota(c);
  const { timings } = c.var;
  const before = timings.memory;
  const reply: AskReply = await callSession(c, sessionId, (stub, again) => stub.ask({ ...request, again }));
  if (reply.state !== "failed") {
    c.var.logged.turnId = reply.turnId;
    if (reply.state === "finished") c.var.logged.usage = reply.turn.usage;
    // The clocks of two machines differ, and the model may have begun a turn before this request joined it.
    const model = Math.max(0, Math.min(reply.modelMs, timings.memory - before));
    timings.memory -= model;
    timings.model += model;
  }
  return reply;
}

/** Returns the models that a request may name. */
export function modelsOf(c: Context<AppEnv>): string[] {
  const { MODEL, TOOL_MODEL, FALLBACK_MODEL, MODELS } = settingsOf(c.env);
  return [...new Set([MODEL, TOOL_MODEL, FALLBACK_MODEL, ...MODELS])].filter((model) => model !== "");
}

/** Returns the named Llama. If it lacks an ability that the request needs, returns `MODEL` or `TOOL_MODEL`. */
export function modelOf(c: Context<AppEnv>, wanted: Wanted, named = settingsOf(c.env).MODEL): LlamaOptions {
  const settings = settingsOf(c.env);
  const model = [named, settings.MODEL].find((name) => can(name, wanted)) ?? settings.TOOL_MODEL;
  const { FALLBACK_MODEL: fallback } = settings;
  return {
    model,
    fallbackModel: fallback !== model && can(fallback, wanted) ? fallback : "",
    unknownWindow: settings.CONTEXT_TOKENS,
    timeoutMs: settings.MODEL_TIMEOUT_MS,
    stallMs: settings.MODEL_STALL_MS,
    streamMs: settings.MODEL_STREAM_MS,
    gateway: settings.AI_GATEWAY,
  };
}

/** Returns the configured encoder; undefined without one. */
export function embeddingOf(c: Context<AppEnv>): EmbeddingOptions | undefined {
  const { EMBEDDING_MODEL: model, EMBEDDING_TIMEOUT_MS: timeoutMs, AI_GATEWAY: gateway } = settingsOf(c.env);
  return model === "" ? undefined : { model, timeoutMs, gateway, meter: quotaOf(c) };
}

/** Returns the largest size of a session. */
export function limitsOf(c: Context<AppEnv>) {
  const { SESSION_MAX_MESSAGES, SESSION_MAX_MB } = settingsOf(c.env);
  return { messages: SESSION_MAX_MESSAGES, bytes: SESSION_MAX_MB * 1_000_000 };
}

/** Builds the input of a prompt. @param instructions the client's addition to the operator's system prompt */
export function promptInputOf(
  c: Context<AppEnv>,
  {
    question,
    maxTokens,
    timeZone: own,
    ...request
  }: Sampling &
    Wanted &
    Pick<PromptInput, "question" | "name"> & { maxTokens?: number | undefined; timeZone?: string | undefined },
  instructions?: string,
): PromptInput {
  const settings = settingsOf(c.env);
  const timeZone = own ?? settings.TIME_ZONE;
  return measure({
    ...request,
    question,
    systemPrompt: systemPromptOf(withToday(settings.SYSTEM_PROMPT, Date.now(), timeZone), instructions),
    asked: { systemPrompt: settings.SYSTEM_PROMPT, instructions, timeZone: own },
    timeZone,
    contextTokens: settings.CONTEXT_TOKENS,
    recallTokens: settings.RECALL_TOKENS,
    maxTokens: maxTokens ?? settings.REPLY_TOKENS,
  });
}
