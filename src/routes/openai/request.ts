/** How a request of the OpenAI surface becomes an ask: what is new in it, what was said before, and which session. */
import type { Context } from "hono";
import type { AppEnv } from "../../env";
import { MAX_CALLS, MAX_CONTENT, MAX_REPLY_TOKENS } from "../../limits";
import type { Wanted } from "../../llm/catalogue";
import { eventStream } from "../../middleware/event-stream";
import { invalid, respondOpenAI } from "../../middleware/respond";
import { headersOf } from "../../middleware/validation";
import { askStateless } from "../../rpc/ask-stateless";
import { askOf, askSession, type SessionAsk } from "../../rpc/call-session";
import type { Reference, Said } from "../../schema/openai-items";
import { sessionHeaders } from "../../schema/openai-schema";
import { systemPromptOf } from "../../turn/prompt";
import type { Sampling } from "../../turn/sampling";
import type { Ask, AskReply, NewMessage, ToolResult } from "../../turn/types";
import type { Form } from "../../wire/forms";

type Item = Said | Reference;

export interface Conversation {
  /** What the client says the assistant should be; undefined where it says nothing. */
  system: string | undefined;
  /** What was said before the question. */
  before: NewMessage[];
  /** What the user said since the assistant last spoke; empty where only results came. */
  question: string;
  /** What functions returned that the assistant called last. */
  results: ToolResult[];
  /** The id of the last thing that is named and not repeated. */
  reference: string | undefined;
}

function bounded(text: string, path: string, what: string): string {
  if (text.length > MAX_CONTENT) throw invalid(path, `${what} may have ${MAX_CONTENT} characters together`);
  return text;
}

const isReference = (item: Item): item is Reference => "reference" in item;

const saidIn = (items: Item[]) => items.filter((item): item is Said => !isReference(item));

/** Calls that came as items of their own stand together, as they were made. */
function joined(items: Item[]): Item[] {
  const result: Item[] = [];
  for (const item of items) {
    const last = result.at(-1);
    const follows = last && !isReference(last) && !isReference(item) && item.content === "";
    if (follows && last.toolCalls && item.toolCalls) last.toolCalls = [...last.toolCalls, ...item.toolCalls];
    else result.push({ ...item });
  }
  return result;
}

/** Parts the messages of a request; those after the last assistant message, or reference, are new. */
export function conversationOf(sent: Item[], path: string): Conversation {
  const items = joined(sent);
  const system = saidIn(items).filter(({ role }) => role === "system");
  const start = items.findLastIndex((item) => isReference(item) || item.role === "assistant") + 1;
  const talk = (part: Item[]) => saidIn(part).filter(({ role }) => role !== "system");
  const fresh = talk(items.slice(start));
  const results = fresh.flatMap(({ toolCallId: callId, content }) =>
    callId === undefined ? [] : [{ callId, content }],
  );
  const asked = fresh.filter(({ role }) => role === "user");
  if (fresh.findLastIndex(({ role }) => role === "tool") >= results.length) {
    throw invalid(path, "has results of calls behind what the user says: they stand right behind their calls");
  }
  const question = asked.map(({ content }) => content).join("\n\n");
  if (question === "" && results.length === 0)
    throw invalid(path, "must end with what the user says, or with results of calls");
  if (results.length > MAX_CALLS) throw invalid(path, `may have ${MAX_CALLS} results of calls at its end`);
  return {
    system:
      system.length > 0
        ? bounded(system.map(({ content }) => content).join("\n\n"), path, "system messages")
        : undefined,
    before: talk(items.slice(0, start)).filter(
      ({ content, toolCalls, role }) => content !== "" || toolCalls || role === "tool",
    ),
    results,
    question: bounded(question, path, "what the user says last"),
    reference: items.findLast(isReference)?.reference,
  };
}

/** The session that a request names outside of its conversation; undefined for a stateless one. */
export function sessionIdOf(c: Context<AppEnv>, metadata: { session_id?: string | undefined } | null | undefined) {
  const { "x-session-id": pinned, "x-openwebui-chat-id": chat } = headersOf(c, sessionHeaders);
  return { pinned, named: pinned ?? metadata?.session_id ?? chat };
}

/** The user whom a request names; of use with a session alone. A header cannot be overruled by the body. */
export const userIdOf = (c: Context<AppEnv>, metadata: { user_id?: string | undefined } | null | undefined) =>
  headersOf(c, sessionHeaders)["x-user-id"] ?? metadata?.user_id;

/** How a request says that the model is to choose its words. */
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

/** The question of a conversation, with the defaults of the settings; the client's system prompt stands behind ours. */
export function questionOf(
  c: Context<AppEnv>,
  { question, system }: Pick<Conversation, "question" | "system">,
  request: SamplingRequest & { maxTokens: number | null | undefined; wanted: Wanted },
): Ask {
  const ask = askOf(c, {
    question,
    // Some clients always ask for the most there is.
    maxTokens: request.maxTokens ? Math.min(request.maxTokens, MAX_REPLY_TOKENS) : undefined,
  });
  return { ...ask, ...samplingOf(request), ...request.wanted, systemPrompt: systemPromptOf(ask.systemPrompt, system) };
}

/** Asks the session with its memory; without one, with what the client sent along. */
export function askConversation(
  c: Context<AppEnv>,
  sessionId: string | undefined,
  { userId, ...request }: SessionAsk & { userId: string | undefined },
): Promise<AskReply> {
  return sessionId === undefined ? askStateless(c, request) : askSession(c, sessionId, request, userId);
}

/** Answers with what became of an ask. @param whole the answer to whoever asked for JSON */
export function answered<T>(
  c: Context<AppEnv>,
  reply: AskReply,
  form: Form,
  whole: (reply: Extract<AskReply, { state: "finished" }>) => T,
) {
  switch (reply.state) {
    case "failed":
      return respondOpenAI(c, reply.failure);
    case "streaming":
      return eventStream(c, reply, form);
    case "finished":
      return whole(reply);
  }
}
