/** Shapes of search and of the preview of a prompt. */
import * as z from "zod/mini";
import { MAX_QUERY } from "../limits";
import { anyRole, calledFields, content, seq, seqList, sessionId, timeZone, userId, wellFormed } from "./common-schema";
import { fact } from "./fact-schema";
import { count, described, int, intFromText, list, nullable, object, objects, optional, text, time } from "./fields";
import { memory, scored } from "./memory-schema";

const query = described(
  "The text to search for.",
  z.string().check(z.minLength(1), z.maxLength(MAX_QUERY), wellFormed),
);
const limit = "The most messages to return.";
const explain = "Messages to explain, by `seq`, up to 100: why they were found, or were not.";
/** The most messages that one request explains. */
const MAX_EXPLAINED = 100;

export const userSearchQuery = z.object({
  q: query,
  limit: z._default(described(limit, intFromText(1, 100)), 10),
  timeZone: z.optional(timeZone),
});
export const searchQuery = z.extend(userSearchQuery, { explain: optional(explain, seqList) });

export const userSearchRequest = z.strictObject({
  q: query,
  limit: z._default(described(limit, int(1, 100)), 10),
  timeZone: z.optional(timeZone),
});
const seqs = optional(explain, z.array(seq).check(z.minLength(1), z.maxLength(MAX_EXPLAINED)));
export const searchRequest = z.extend(userSearchRequest, { explain: seqs });

const recalled = (contentText: string) =>
  list(
    "The messages, best first.",
    z.extend(scored, {
      sessionId: described("The session that contains the message.", sessionId),
      role: anyRole,
      name: z.optional(text("The name of the author.")),
      content: text(contentText),
      createdAt: time("The time of the message."),
    }),
  );

const part = (description: string) => described(description, z.number());

const explained = () =>
  z.optional(
    objects("The messages of `explain` that exist, in the order of their `seq`; absent without `explain`.", {
      seq,
      rank: nullable(
        "The rank among all candidates, 1 for the best. Null if the message is no candidate: it is in the window, or does not match.",
        int(1),
      ),
      recalled: described("Whether the message was found.", z.boolean()),
      score: part("The score: the sum of the parts below."),
      words: part("The part from the words of the question in the message."),
      neighbours: part("The part from the messages around it."),
      date: part("The part from the days in the question."),
      meaning: part("The part from embeddings."),
      speaker: part("The part from its speaker, and from looking like an answer."),
      tokens: count("The tokens of its quotation."),
      missedBy: nullable("The tokens that were missing to quote it; null if it is no candidate.", int(0)),
    }),
  );

const wholeText = "The whole text. If it is long, `from` and `to` mark the excerpt that a prompt would quote.";

export const searchResponse = () => z.object({ data: recalled(wholeText), explained: explained() });
export const userSearchResponse = () =>
  z.object({
    data: recalled(wholeText),
    facts: z.optional(list("The facts about the user that match, best first; absent if none does.", fact())),
  });

const tokens = int(0, 100_000);

export const contextRequest = z.strictObject({
  question: described("The question.", content),
  userId: z.optional(userId),
  timeZone: z.optional(timeZone),
  recallTokens: optional("The most tokens of recalled messages; default `RECALL_TOKENS`.", tokens),
  windowTokens: optional("The most tokens of recent messages; default: all that recall leaves.", tokens),
  explain: seqs,
});

const promptMessages = () =>
  objects("The messages of the prompt, in order.", { role: anyRole, content: text("The text."), ...calledFields() });

export const promptResponse = () =>
  z.object({
    model: text("The model that answered."),
    messages: promptMessages(),
    exact: described("Whether the model received exactly this text.", z.boolean()),
  });

export const contextResponse = () =>
  z.object({
    model: text("The model that would be asked."),
    messages: promptMessages(),
    promptTokens: count("Their estimated tokens."),
    budget: object("The budget of the prompt in tokens.", {
      context: count("Tokens for memory: recent and recalled messages, and facts."),
      reply: count("Tokens for the reply."),
      recall: count("The limit of recalled messages."),
      window: count("The limit of recent messages."),
    }),
    memory: described(
      "What the prompt contains, and why.",
      z.extend(memory(), { recalled: recalled("The text, as it is quoted: of a long message, its excerpt.") }),
    ),
    explained: explained(),
  });
