/** The shapes that describe the contents of a prompt. */
import * as z from "zod/mini";
import { seq, sessionId } from "./common-schema";
import { int } from "./fields";

/** Tokens that the model counted, or estimates if it returned no counts. */
export const usage = z.object({
  /** Tokens of the prompt. */
  promptTokens: int(0),
  /** Tokens of the answer. */
  completionTokens: int(0),
  /** Tokens of prompt and answer. */
  totalTokens: int(0),
  /** Tokens of the prompt that the model had in its cache; absent if the model does not count them. */
  cachedTokens: z.optional(int(0)),
});

export const scored = z.object({
  seq,
  /** The rank of the message: higher is better. */
  score: z.number(),
  /** The part of the score from matching words; absent if only words were used. */
  words: z.optional(z.number()),
  /** The part of the score from embeddings; absent if only words were used. */
  meaning: z.optional(z.number()),
  /**
   * The place of the excerpt in a longer message: `content.slice(from, to)` of the whole message, as JavaScript counts
   * (UTF-16 code units). Absent if the message is quoted whole.
   */
  from: z.optional(int(0)),
  /** The end of the excerpt, exclusive. */
  to: z.optional(int(0)),
});

/** The memory of a turn in an export, which names neither sessions nor users. */
export const exportedMemory = z.object({
  /** Estimated tokens of the quoted messages. */
  tokens: int(0),
  /** The recent messages in the prompt; null if there were none. */
  window: z.nullable(
    z.object({
      /** The first message of the window. */
      fromSeq: seq,
      /** The last message of the window. */
      toSeq: seq,
      /** Messages that were shortened in the prompt. */
      shortened: z.optional(
        z
          .array(
            z.object({
              seq,
              /** Characters that were left out. */
              leftOut: int(0),
            }),
          )
          .check(z.maxLength(10_000)),
      ),
    }),
  ),
  /** Older messages that were quoted in the prompt, best first. */
  recalled: z.array(scored),
  /** How older messages were searched: with or without embeddings. */
  recall: z.enum(["words", "words+meaning"]),
  /** Messages of the session that the prompt did not contain. */
  omitted: int(0),
  /** The parts of the prompt in estimated tokens. */
  prompt: z.optional(
    z.object({
      /** The system prompt. */
      system: int(0),
      /** Facts about the user. */
      facts: int(0),
      /** Recent messages. */
      window: int(0),
      /** Recalled messages. */
      recalled: int(0),
      /** The question. */
      question: int(0),
      /** Room for the reply. */
      reply: int(0),
      /** The limit for prompt and reply. */
      limit: int(0),
      /** The window of the model. */
      modelWindow: int(0),
    }),
  ),
});

export const memory = () =>
  z.extend(exportedMemory, {
    /** Older messages that were quoted in the prompt, best first. */
    recalled: z.array(
      z.extend(scored, {
        /** The session that contains the message. */
        sessionId,
      }),
    ),
    /** The user's part of the prompt; absent if the request names no user. */
    user: z.optional(
      z.object({
        /** Whether the user's memory answered within `USER_TIMEOUT_MS`. */
        answered: z.boolean(),
        /** The ids of the facts in the prompt. */
        facts: z.array(z.string()),
      }),
    ),
  });
