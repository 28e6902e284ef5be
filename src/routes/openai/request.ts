/** Reads a request of the OpenAI surface: its new messages, the earlier ones, its session and user. */
import type { Context } from "hono";
import type { AppEnv, AskRequest } from "../../env";
import { MAX_ANSWER, MAX_CALLS, MAX_REPLY_TOKENS } from "../../limits";
import type { Wanted } from "../../llm/catalogue";
import { invalid } from "../../middleware/respond";
import { headersOf } from "../../middleware/validation";
import { askStateless } from "../../rpc/ask-stateless";
import { askRequestOf, askSession, modelOf, modelsOf, promptInputOf } from "../../rpc/call-session";
import type { Reference, SentMessage } from "../../schema/openai-items";
import { sessionHeaders } from "../../schema/openai-schema";
import type { Sampling } from "../../turn/sampling";
import type { AskReply, NewMessage, PromptInput, ToolResult } from "../../turn/types";

export type Item = SentMessage | Reference;

export interface Conversation {
  /** The system messages of the client; undefined if there are none. */
  system: string | undefined;
  /** The messages before the question. */
  before: NewMessage[];
  /** The user's messages after the last assistant message; empty if the request has none, and the answer continues. */
  question: string;
  /** The speaker of the question. */
  name: string | undefined;
  /** The results of the last function calls. */
  results: ToolResult[];
  /** The last id of an earlier item that is sent instead of the item. */
  reference: string | undefined;
}

function bounded(text: string, path: string, what: string): string {
  if (text.length > MAX_ANSWER) throw invalid(path, `${what} may have at most ${MAX_ANSWER} characters together`);
  return text;
}

/** Whether a message has text, calls or the result of a call. */
export const hasContent = ({ content, toolCalls, role }: SentMessage) =>
  content !== "" || toolCalls !== undefined || role === "tool";

const isReference = (item: Item): item is Reference => "reference" in item;

export const messagesIn = (items: Item[]) => items.filter((item): item is SentMessage => !isReference(item));

/** Joins function calls that were sent as separate items into the message that made them. @param path for the error */
export function joined(items: Item[], path: string): Item[] {
  const result: Item[] = [];
  for (const item of items) {
    const last = result.at(-1);
    const follows = last && !isReference(last) && !isReference(item) && item.content === "";
    if (follows && last.toolCalls && item.toolCalls) last.toolCalls = [...last.toolCalls, ...item.toolCalls];
    else result.push({ ...item });
  }
  if (messagesIn(result).some(({ toolCalls = [] }) => toolCalls.length > MAX_CALLS))
    throw invalid(path, `may have at most ${MAX_CALLS} function calls in a row`);
  return result;
}

/** Divides the messages of a request. Those after the last assistant message or reference are new. */
export function conversationOf(sent: Item[], path: string): Conversation {
  const items = joined(sent, path);
  const system = messagesIn(items).filter(({ role }) => role === "system");
  const start = items.findLastIndex((item) => isReference(item) || item.role === "assistant") + 1;
  const talk = (part: Item[]) => messagesIn(part).filter(({ role }) => role !== "system");
  const fresh = talk(items.slice(start));
  const results = fresh.flatMap(({ toolCallId: callId, content }) =>
    callId === undefined ? [] : [{ callId, content }],
  );
  const asked = fresh.filter(({ role }) => role === "user");
  if (fresh.findLastIndex(({ role }) => role === "tool") >= results.length) {
    throw invalid(path, "has results of function calls after a user message: send them directly after their calls");
  }
  const question = asked.map(({ content }) => content).join("\n\n");
  if (items.length === 0 || (question === "" && asked.length > 0))
    throw invalid(path, "must end with a message that has text, or with results of function calls");
  const [name] = new Set(asked.map((message) => message.name));
  if (results.length > MAX_CALLS) throw invalid(path, `may end with at most ${MAX_CALLS} results of function calls`);
  return {
    system:
      system.length > 0
        ? bounded(system.map(({ content }) => content).join("\n\n"), path, "system messages")
        : undefined,
    before: talk(items.slice(0, start)).filter(hasContent),
    results,
    // Several speakers ask no question of one of them.
    name: asked.every((message) => message.name === name) ? name : undefined,
    question: bounded(question, path, "the last user messages"),
    reference: items.findLast(isReference)?.reference,
  };
}

/** Returns the session that headers or metadata name; undefined for a stateless request. */
export function sessionIdOf(c: Context<AppEnv>, metadata: { session_id?: string | undefined } | null | undefined) {
  const { "x-session-id": pinned, "x-openwebui-chat-id": chat } = headersOf(c, sessionHeaders);
  return { pinned, named: pinned ?? metadata?.session_id ?? chat };
}

/** Returns the user that a request names. A header takes precedence over the body. */
export function userIdOf(c: Context<AppEnv>, metadata: { user_id?: string | undefined } | null | undefined) {
  const { "x-user-id": named, "x-openwebui-user-id": webui } = headersOf(c, sessionHeaders);
  return named ?? metadata?.user_id ?? webui;
}

/** The sampling parameters of a request. */
interface SamplingRequest {
  temperature?: number | null | undefined;
  top_p?: number | null | undefined;
  seed?: number | null | undefined;
  frequency_penalty?: number | null | undefined;
  presence_penalty?: number | null | undefined;
  stop?: string | string[] | null | undefined;
  reasoning_effort?: string | null | undefined;
}

const samplingOf = ({
  temperature,
  top_p,
  seed,
  frequency_penalty,
  presence_penalty,
  stop,
  reasoning_effort,
}: SamplingRequest): Sampling => ({
  temperature: temperature ?? undefined,
  topP: top_p ?? undefined,
  seed: seed ?? undefined,
  frequencyPenalty: frequency_penalty ?? undefined,
  presencePenalty: presence_penalty ?? undefined,
  stop: typeof stop === "string" ? [stop] : (stop ?? undefined),
  reasoningEffort: reasoning_effort ?? undefined,
});

/** Returns the question with the defaults of the settings. The client's system prompt follows `SYSTEM_PROMPT`. */
export function questionOf(
  c: Context<AppEnv>,
  { question, name, system }: Pick<Conversation, "question" | "name" | "system">,
  request: SamplingRequest & { maxTokens: number | null | undefined; wanted: Wanted },
): PromptInput {
  return promptInputOf(
    c,
    {
      question,
      name,
      ...samplingOf(request),
      ...request.wanted,
      // Some clients always send a very large limit.
      maxTokens: request.maxTokens ? Math.min(request.maxTokens, MAX_REPLY_TOKENS) : undefined,
    },
    system,
  );
}

/** Returns the model that a request names, if `GET /v1/models` lists it. */
export const namedModel = (c: Context<AppEnv>, named: string | null | undefined) =>
  modelsOf(c).find((id) => id === named);

/** Asks the session with its memory, or without a session with the messages of the request. */
export function askConversation(
  c: Context<AppEnv>,
  sessionId: string | undefined,
  { model, metadata }: { model?: string | undefined; metadata?: { user_id?: string | undefined } | null | undefined },
  { before, results }: Conversation,
  asked: Partial<AskRequest> & Pick<AskRequest, "input">,
): Promise<AskReply> {
  const fields = { before, results, ...asked, model: modelOf(c, asked.input, namedModel(c, model)) };
  const userId = userIdOf(c, metadata);
  return sessionId === undefined
    ? askStateless(c, fields)
    : askSession(c, sessionId, askRequestOf(c, sessionId, userId, fields));
}
