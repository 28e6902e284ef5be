/** How a request of the OpenAI surface becomes a turn: which session, what is new in it, and what it is asked with. */
import type { Context } from "hono";
import type { AppEnv } from "../../env";
import { headersOf } from "../../middleware/validation";
import { FailureError } from "../../problem";
import type { Ask } from "../../turn/budget";
import { clientsMemory } from "../../turn/stateless";
import type { Session } from "../../turn/turn";
import type { NewMessage } from "../../turn/types";
import { askOf, memoryFor } from "../session";
import { sessionHeaders } from "./shapes";

/** A reply may not be longer than this, whatever is asked for: some clients always ask for the most there is. */
const MAX_REPLY = 4_096;

interface Message {
  role: "system" | "developer" | "user" | "assistant";
  content: string;
}

export interface Conversation {
  /** What the client says the assistant should be; undefined where it says nothing. */
  system: string | undefined;
  /** What was said before the question. */
  before: NewMessage[];
  /** What the user said since the assistant last spoke. */
  question: string;
}

/** A refusal that names the field. */
export const invalid = (path: string, message: string) =>
  new FailureError({ reason: "invalid_request", errors: [{ path, message }] });

/** Parts the messages of a request; those after the last assistant message are the question. */
export function conversationOf(messages: Message[], path: string): Conversation {
  const isSystem = ({ role }: Message) => role === "system" || role === "developer";
  const system = messages.filter(isSystem).map(({ content }) => content);
  const said = messages.flatMap(({ role, content }) =>
    role === "user" || role === "assistant" ? [{ role, content }] : [],
  );
  const start = said.findLastIndex(({ role }) => role === "assistant") + 1;
  const question = said
    .slice(start)
    .map(({ content }) => content)
    .join("\n\n");
  if (question === "") throw invalid(path, "must end with what the user says");
  return { system: system.length > 0 ? system.join("\n\n") : undefined, before: said.slice(0, start), question };
}

/** The session that a request names; undefined for a stateless one. */
export function sessionIdOf(c: Context<AppEnv>, metadata: { session_id?: string | undefined } | null | undefined) {
  const headers = headersOf(c, sessionHeaders);
  return headers["x-session-id"] ?? metadata?.session_id ?? headers["x-openwebui-chat-id"];
}

/** The server's memory of a session; without one, the client's own. */
export function memoryOf(c: Context<AppEnv>, sessionId: string | undefined, { before }: Conversation): Session {
  return sessionId === undefined ? () => clientsMemory(before) : memoryFor(c, sessionId);
}

/** The question of a conversation, with the defaults of the settings; the client's system prompt goes before ours. */
export function questionOf(
  c: Context<AppEnv>,
  { question, system }: Conversation,
  { maxTokens, temperature }: { maxTokens: number | null | undefined; temperature: number | null | undefined },
): Ask {
  const ask = askOf(c, {
    question,
    maxTokens: maxTokens ? Math.min(maxTokens, MAX_REPLY) : undefined,
    temperature: temperature ?? undefined,
  });
  return { ...ask, systemPrompt: system ?? ask.systemPrompt };
}
