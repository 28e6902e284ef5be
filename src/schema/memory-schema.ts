/** The shapes that describe the contents of a prompt. */
import * as z from "zod/mini";
import { seq, sessionId } from "./common-schema";
import { count, described, int, list, nullable, object, optional } from "./fields";

export const usage = object("Tokens that the model counted, or estimates if it returned no counts.", {
  promptTokens: count("Tokens of the prompt."),
  completionTokens: count("Tokens of the answer."),
  totalTokens: count("Tokens of prompt and answer."),
  cachedTokens: z.optional(
    count("Tokens of the prompt that the model had in its cache; absent if the model does not count them."),
  ),
});

export const scored = z.object({
  seq,
  score: described("The rank of the message: higher is better.", z.number()),
  words: optional("The part of the score from matching words; absent if only words were used.", z.number()),
  meaning: optional("The part of the score from embeddings; absent if only words were used.", z.number()),
  from: optional(
    "The place of the excerpt in a longer message: `content.slice(from, to)` of the whole message, as JavaScript counts (UTF-16 code units). Absent if the message is quoted whole.",
    int(0),
  ),
  to: optional("The end of the excerpt, exclusive.", int(0)),
});

/** The memory of a turn in an export, which names neither sessions nor users. */
export const exportedMemory = z.object({
  tokens: count("Estimated tokens of the quoted messages."),
  window: nullable(
    "The recent messages in the prompt; null if there were none.",
    z.object({
      fromSeq: described("The first message of the window.", seq),
      toSeq: described("The last message of the window.", seq),
      shortened: optional(
        "Messages that were shortened in the prompt.",
        z.array(z.object({ seq, leftOut: count("Characters that were left out.") })).check(z.maxLength(10_000)),
      ),
    }),
  ),
  recalled: list("Older messages that were quoted in the prompt, best first.", scored),
  recall: described(
    "How older messages were searched: with or without embeddings.",
    z.enum(["words", "words+meaning"]),
  ),
  omitted: count("Messages of the session that the prompt did not contain."),
  prompt: z.optional(
    object("The parts of the prompt in estimated tokens.", {
      system: count("The system prompt."),
      facts: count("Facts about the user."),
      window: count("Recent messages."),
      recalled: count("Recalled messages."),
      question: count("The question."),
      reply: count("Room for the reply."),
      limit: count("The limit for prompt and reply."),
      modelWindow: count("The window of the model."),
    }),
  ),
});

export const memory = () =>
  z.extend(exportedMemory, {
    recalled: list(
      "Older messages that were quoted in the prompt, best first.",
      z.extend(scored, { sessionId: described("The session that contains the message.", sessionId) }),
    ),
    user: z.optional(
      object("The user's part of the prompt; absent if the request names no user.", {
        answered: described("Whether the user's memory answered within `USER_TIMEOUT_MS`.", z.boolean()),
        facts: list("The ids of the facts in the prompt.", z.string()),
      }),
    ),
  });
