/** Open WebUI sends its whole history with each question. Its requests are aligned with the session, not appended to it. */
import type { Context } from "hono";
import type { AppEnv, AskRequest } from "../../env";
import { headersOf } from "../../middleware/validation";
import type { SentMessage } from "../../schema/openai-items";
import { sessionHeaders } from "../../schema/openai-schema";
import type { Conversation } from "./request";

/** The beginning of the ids of temporary chats, which store nothing. */
const TEMPORARY = "local:";
/**
 * Parts of the prompts that Open WebUI writes itself: for titles, tags and follow-ups, for compacting, for merging the
 * answers of several models, and for an emoji.
 */
const SIDE_TASKS = [
  "<chat_history>",
  "### Messages Being Compacted:",
  "You have been provided with a set of responses from various models to the latest user query",
  "Your task is to reflect the speaker's likely facial expression",
];

/** A request of Open WebUI. */
interface Aligned {
  /** Undefined for a request that is answered without a session. */
  sessionId: string | undefined;
  fields: Pick<AskRequest, "before" | "history">;
  question: string;
}

/** Returns how a request of Open WebUI is asked; undefined for requests of other clients, and for results of functions. */
export function openWebuiRequest(
  c: Context<AppEnv>,
  sessionId: string | undefined,
  messages: SentMessage[],
  { results, question }: Conversation,
): Aligned | undefined {
  const { "x-openwebui-chat-id": chat } = headersOf(c, sessionHeaders);
  const talk = messages.filter(({ role }) => role !== "system");
  const last = talk.at(-1);
  if (chat === undefined || chat !== sessionId) return undefined;
  const isSideTask =
    talk.length === 1 && last?.role === "user" && SIDE_TASKS.some((part) => last.content.includes(part));
  if (chat.startsWith(TEMPORARY) || isSideTask) {
    return { sessionId: undefined, fields: {}, question };
  }
  if (results.length > 0 || last?.role !== "user") return undefined;
  const before = talk.slice(0, -1);
  const history = before.map(({ role, content }) => ({ role, content }));
  return { sessionId, fields: { before, history }, question: last.content };
}
