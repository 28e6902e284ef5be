/** Shapes of search and of the preview of a prompt. */
import * as z from "zod";
import { MAX_CONTENT } from "../limits";
import {
  anyRole,
  calledFields,
  content,
  count,
  positive,
  seq,
  seqList,
  sessionId,
  time,
  timeZone,
  userId,
} from "./common-schema";
import { memory, scored } from "./memory-schema";

const query = "The text to search for.";
const limit = "The most messages to return.";
const explain = "Messages to explain, by `seq`, up to 100: why they were found, or were not.";
/** The most messages that one request explains. */
const MAX_EXPLAINED = 100;

export const userSearchQuery = z.object({
  q: z.string().min(1).max(MAX_CONTENT).describe(query),
  limit: positive(100).describe(limit).default(10),
  timeZone: timeZone.optional(),
});
export const searchQuery = userSearchQuery.extend({ explain: seqList.describe(explain).optional() });

export const userSearchRequest = z.object({
  q: content.describe(query),
  limit: z.int().min(1).max(100).describe(limit).default(10),
  timeZone: timeZone.optional(),
});
const seqs = z.array(seq).min(1).max(MAX_EXPLAINED).describe(explain);
export const searchRequest = userSearchRequest.extend({ explain: seqs.optional() });

const recalled = (text: string) =>
  z
    .array(
      scored.extend({
        sessionId: sessionId.describe("The session that contains the message."),
        role: anyRole,
        name: z.string().describe("The name of the author.").optional(),
        content: z.string().describe(text),
        createdAt: time.describe("The time of the message."),
      }),
    )
    .describe("The messages, best first.");

const explained = () =>
  z
    .array(
      z.object({
        seq,
        rank: z
          .int()
          .min(1)
          .nullable()
          .describe(
            "The rank among all candidates, 1 for the best. Null if the message is no candidate: it is in the window, or does not match.",
          ),
        recalled: z.boolean().describe("Whether the message was found."),
        score: z.number().describe("The score: the sum of the parts below."),
        words: z.number().describe("The part from the words of the question in the message."),
        neighbours: z.number().describe("The part from the messages around it."),
        date: z.number().describe("The part from the days in the question."),
        meaning: z.number().describe("The part from embeddings."),
        speaker: z.number().describe("The part from its speaker, and from looking like an answer."),
        tokens: count.describe("The tokens of its quotation."),
        missedBy: count.nullable().describe("The tokens that were missing to quote it; null if it is no candidate."),
      }),
    )
    .describe("The messages of `explain` that exist, in the order of their `seq`; absent without `explain`.");

const wholeText = "The whole text. If it is long, `from` and `to` mark the excerpt that a prompt would quote.";

export const searchResponse = () => z.object({ data: recalled(wholeText), explained: explained().optional() });
export const userSearchResponse = () => z.object({ data: recalled(wholeText) });

const tokens = z.int().min(0).max(100_000);

export const contextRequest = z.object({
  question: content.describe("The question."),
  userId: userId.optional(),
  timeZone: timeZone.optional(),
  recallTokens: tokens.describe("The most tokens of recalled messages; default `RECALL_TOKENS`.").optional(),
  windowTokens: tokens.describe("The most tokens of recent messages; default: all that recall leaves.").optional(),
  explain: seqs.optional(),
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
    memory: memory()
      .extend({ recalled: recalled("The text, as it is quoted: of a long message, its excerpt.") })
      .describe("What the prompt contains, and why."),
    explained: explained().optional(),
  });
