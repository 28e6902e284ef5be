/** The shapes that describe the contents of a prompt. */
import * as z from "zod";
import { count, seq, sessionId } from "./common-schema";

export const usage = z
  .object({
    promptTokens: count.describe("Tokens of the prompt."),
    completionTokens: count.describe("Tokens of the answer."),
    totalTokens: count.describe("Tokens of prompt and answer."),
    cachedTokens: count
      .describe("Tokens of the prompt that the model had in its cache; absent if the model does not count them.")
      .optional(),
  })
  .describe("Tokens that the model counted, or estimates if it returned no counts.");

export const scored = z.object({
  seq,
  score: z.number().describe("The rank of the message: higher is better."),
  words: z.number().describe("The part of the score from matching words; absent if only words were used.").optional(),
  meaning: z.number().describe("The part of the score from embeddings; absent if only words were used.").optional(),
  from: count
    .describe(
      "The place of the excerpt in a longer message: `content.slice(from, to)` of the whole message, as JavaScript counts (UTF-16 code units). Absent if the message is quoted whole.",
    )
    .optional(),
  to: count.describe("The end of the excerpt, exclusive.").optional(),
});

/** The memory of a turn in an export, which names neither sessions nor users. */
export const exportedMemory = z.object({
  tokens: count.describe("Estimated tokens of the quoted messages."),
  window: z
    .object({
      fromSeq: seq.describe("The first message of the window."),
      toSeq: seq.describe("The last message of the window."),
      shortened: z
        .array(z.object({ seq, leftOut: count.describe("Characters that were left out.") }))
        .max(10_000)
        .describe("Messages that were shortened in the prompt.")
        .optional(),
    })
    .nullable()
    .describe("The recent messages in the prompt; null if there were none."),
  recalled: z.array(scored).describe("Older messages that were quoted in the prompt, best first."),
  recall: z.enum(["words", "words+meaning"]).describe("How older messages were searched: with or without embeddings."),
  omitted: count.describe("Messages of the session that the prompt did not contain."),
  prompt: z
    .object({
      system: count.describe("The system prompt."),
      facts: count.describe("Facts about the user."),
      window: count.describe("Recent messages."),
      recalled: count.describe("Recalled messages."),
      question: count.describe("The question."),
      reply: count.describe("Room for the reply."),
      limit: count.describe("The limit for prompt and reply."),
      modelWindow: count.describe("The window of the model."),
    })
    .describe("The parts of the prompt in estimated tokens.")
    .optional(),
});

export const memory = () =>
  exportedMemory.extend({
    recalled: z
      .array(scored.extend({ sessionId: sessionId.describe("The session that contains the message.") }))
      .describe("Older messages that were quoted in the prompt, best first."),
    user: z
      .object({
        answered: z.boolean().describe("Whether the user's memory answered within `USER_TIMEOUT_MS`."),
        facts: z.array(z.string()).describe("The ids of the facts in the prompt."),
      })
      .describe("The user's part of the prompt; absent if the request names no user.")
      .optional(),
  });
