/** Shapes of search and of the preview of a prompt. */
import * as z from "zod";
import { MAX_CONTENT } from "../limits";
import { anyRole, calledFields, content, count, positive, sessionId, time, timeZone, userId } from "./common-schema";
import { fact } from "./fact-schema";
import { memory, scored } from "./memory-schema";

const query = "The text to search for.";
const limit = "The most messages to return.";

export const searchQuery = z.object({
  q: z.string().min(1).max(MAX_CONTENT).describe(query),
  limit: positive(100).describe(limit).default(10),
});

export const searchRequest = z.object({
  q: content.describe(query),
  limit: z.int().min(1).max(100).describe(limit).default(10),
});

const recalled = () =>
  z
    .array(
      scored.extend({
        sessionId: sessionId.describe("The session that contains the message."),
        role: anyRole,
        name: z.string().describe("The name of the author.").optional(),
        content: z.string().describe("The text."),
        createdAt: time.describe("The time of the message."),
      }),
    )
    .describe("The messages, best first.");

export const searchResponse = () => z.object({ data: recalled() });

export const userSearchResponse = () =>
  z.object({
    data: recalled(),
    facts: z.array(fact()).describe("The facts about the user that match, best first; absent if none does.").optional(),
  });

const tokens = z.int().min(0).max(100_000);

export const contextRequest = z.object({
  question: content.describe("The question."),
  userId: userId.optional(),
  timeZone: timeZone.optional(),
  recallTokens: tokens.describe("The most tokens of recalled messages; default `RECALL_TOKENS`.").optional(),
  windowTokens: tokens.describe("The most tokens of recent messages; default: all that recall leaves.").optional(),
});

export const contextResponse = () =>
  z.object({
    model: z.string().describe("The model that would be asked."),
    messages: z
      .array(
        z.object({
          role: anyRole,
          content: z.string().describe("The text."),
          ...calledFields(),
        }),
      )
      .describe("The messages of the prompt, in order."),
    promptTokens: count.describe("Their estimated tokens."),
    budget: z
      .object({
        context: count.describe("Tokens for memory: recent and recalled messages, and facts."),
        reply: count.describe("Tokens for the reply."),
        recall: count.describe("The limit of recalled messages."),
        window: count.describe("The limit of recent messages."),
      })
      .describe("The budget of the prompt in tokens."),
    memory: memory().extend({ recalled: recalled() }).describe("What the prompt contains, and why."),
  });
