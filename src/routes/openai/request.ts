/** How a request of the OpenAI surface becomes an ask: what is new in it, what was said before, and which session. */
import type { Context } from "hono";
import type { AppEnv } from "../../env";
import { MAX_CONTENT, MAX_REPLY_TOKENS } from "../../limits";
import { FailureError } from "../../middleware/respond";
import { headersOf } from "../../middleware/validation";
import { systemPromptOf } from "../../turn/prompt";
import type { Ask, AskReply, NewMessage, Sampling } from "../../turn/types";
import type { Form } from "../../wire/forms";
import { askOf, askSession } from "../session";
import { sessionHeaders } from "./shapes";
import { askStateless } from "./stateless";

interface Message {
  role: "system" | "developer" | "user" | "assistant";
  content: string;
}

/** Something that was said before, named and not repeated. */
interface Reference {
  type: "item_reference";
  id: string;
}

export interface Conversation {
  /** What the client says the assistant should be; undefined where it says nothing. */
  system: string | undefined;
  /** What was said before the question. */
  before: NewMessage[];
  /** What the user said since the assistant last spoke. */
  question: string;
  /** The id of the last thing that is named and not repeated. */
  reference: string | undefined;
}

/** A refusal that names the field. */
export const invalid = (path: string, message: string) =>
  new FailureError({ reason: "invalid_request", errors: [{ path, message }] });

function bounded(text: string, path: string, what: string): string {
  if (text.length > MAX_CONTENT) throw invalid(path, `${what} may have ${MAX_CONTENT} characters together`);
  return text;
}

const isReference = (item: Message | Reference): item is Reference => "type" in item && item.type === "item_reference";

/** Parts the messages of a request; those after the last assistant message, or reference, are the question. */
export function conversationOf(items: (Message | Reference)[], path: string): Conversation {
  const messages = items.flatMap((item) => (isReference(item) ? [] : [item]));
  const isSystem = ({ role }: Message) => role === "system" || role === "developer";
  const system = messages.filter(isSystem).map(({ content }) => content);
  const start = items.findLastIndex((item) => isReference(item) || item.role === "assistant") + 1;
  const said = (part: (Message | Reference)[]) =>
    part.flatMap((item): NewMessage[] =>
      !isReference(item) && (item.role === "user" || item.role === "assistant")
        ? [{ role: item.role, content: item.content }]
        : [],
    );
  const question = said(items.slice(start))
    .map(({ content }) => content)
    .join("\n\n");
  if (question === "") throw invalid(path, "must end with what the user says");
  return {
    system: system.length > 0 ? bounded(system.join("\n\n"), path, "system messages") : undefined,
    before: said(items.slice(0, start)).filter(({ content }) => content !== ""),
    question: bounded(question, path, "what the user says last"),
    reference: items.findLast(isReference)?.id,
  };
}

/** The session that a request names outside of its conversation; undefined for a stateless one. */
export function sessionIdOf(c: Context<AppEnv>, metadata: { session_id?: string | undefined } | null | undefined) {
  const { "x-session-id": pinned, "x-openwebui-chat-id": chat } = headersOf(c, sessionHeaders);
  return { pinned, named: pinned ?? metadata?.session_id ?? chat };
}

/** How a request says that the model is to choose its words. */
interface SamplingRequest {
  temperature?: number | null | undefined;
  top_p?: number | null | undefined;
  seed?: number | null | undefined;
  frequency_penalty?: number | null | undefined;
  presence_penalty?: number | null | undefined;
  stop?: string | string[] | null | undefined;
}

const samplingOf = ({
  temperature,
  top_p,
  seed,
  frequency_penalty,
  presence_penalty,
  stop,
}: SamplingRequest): Sampling => ({
  temperature: temperature ?? undefined,
  topP: top_p ?? undefined,
  seed: seed ?? undefined,
  frequencyPenalty: frequency_penalty ?? undefined,
  presencePenalty: presence_penalty ?? undefined,
  stop: typeof stop === "string" ? [stop] : (stop ?? undefined),
});

/** The question of a conversation, with the defaults of the settings; the client's system prompt stands behind ours. */
export function questionOf(
  c: Context<AppEnv>,
  { question, system }: Pick<Conversation, "question" | "system">,
  request: SamplingRequest & { maxTokens: number | null | undefined },
): Ask {
  const ask = askOf(c, {
    question,
    // Some clients always ask for the most there is.
    maxTokens: request.maxTokens ? Math.min(request.maxTokens, MAX_REPLY_TOKENS) : undefined,
  });
  return { ...ask, ...samplingOf(request), systemPrompt: systemPromptOf(ask.systemPrompt, system) };
}

/** Asks the session with its memory; without one, with what the client sent along. */
export function askConversation(
  c: Context<AppEnv>,
  sessionId: string | undefined,
  request: { ask: Ask; before: NewMessage[]; form: Form | undefined; follows?: string | undefined; store?: boolean },
): Promise<AskReply> {
  return sessionId === undefined ? askStateless(c, request) : askSession(c, sessionId, request);
}
