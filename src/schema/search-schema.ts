/** Shapes of search and of the preview of a prompt. */
import * as z from "zod/mini";
import { MAX_CONTENT } from "../limits";
import { anyRole, calledFields, content, sessionId, timeZone, userId } from "./common-schema";
import { fact } from "./fact-schema";
import { count, described, int, intFromText, list, object, objects, optional, text, time } from "./fields";
import { memory, scored } from "./memory-schema";

const query = "The text to search for.";
const limit = "The most messages to return.";

export const searchQuery = z.object({
  q: described(query, z.string().check(z.minLength(1), z.maxLength(MAX_CONTENT))),
  limit: z._default(described(limit, intFromText(1, 100)), 10),
});

export const searchRequest = z.object({
  q: described(query, content),
  limit: z._default(described(limit, int(1, 100)), 10),
});

const recalled = () =>
  list(
    "The messages, best first.",
    z.extend(scored, {
      sessionId: described("The session that contains the message.", sessionId),
      role: anyRole,
      name: z.optional(text("The name of the author.")),
      content: text("The text."),
      createdAt: time("The time of the message."),
    }),
  );

export const searchResponse = () => z.object({ data: recalled() });

export const userSearchResponse = () =>
  z.object({
    data: recalled(),
    facts: z.optional(list("The facts about the user that match, best first; absent if none does.", fact())),
  });

const tokens = int(0, 100_000);

export const contextRequest = z.object({
  question: described("The question.", content),
  userId: z.optional(userId),
  timeZone: z.optional(timeZone),
  recallTokens: optional("The most tokens of recalled messages; default `RECALL_TOKENS`.", tokens),
  windowTokens: optional("The most tokens of recent messages; default: all that recall leaves.", tokens),
});

export const contextResponse = () =>
  z.object({
    model: text("The model that would be asked."),
    messages: objects("The messages of the prompt, in order.", {
      role: anyRole,
      content: text("The text."),
      ...calledFields(),
    }),
    promptTokens: count("Their estimated tokens."),
    budget: object("The budget of the prompt in tokens.", {
      context: count("Tokens for memory: recent and recalled messages, and facts."),
      reply: count("Tokens for the reply."),
      recall: count("The limit of recalled messages."),
      window: count("The limit of recent messages."),
    }),
    memory: described("What the prompt contains, and why.", z.extend(memory(), { recalled: recalled() })),
  });
