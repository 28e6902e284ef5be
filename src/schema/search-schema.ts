/** Shapes of search and of the preview of a prompt. */
import * as z from "zod/mini";
import { MAX_QUERY } from "../limits";
import { anyRole, calledFields, content, seq, seqList, sessionId, userId, wellFormed } from "./common-schema";
import { fact } from "./fact-schema";
import { datetime, int, intFromText, timeZone } from "./fields";
import { memory, scored } from "./memory-schema";

/** The text to search for. */
const query = z.string().check(z.minLength(1), z.maxLength(MAX_QUERY), wellFormed);
/** The most messages that one request explains. */
const MAX_EXPLAINED = 100;

export const userSearchQuery = z.object({
  q: query,
  /** The most messages to return. */
  limit: z._default(intFromText(1, 100), 10),
  timeZone: z.optional(timeZone),
});
export const searchQuery = z.object({
  ...userSearchQuery.shape,
  /** Messages to explain, by `seq`, up to 100: why they were found, or were not. */
  explain: z.optional(seqList),
});

export const userSearchRequest = z.strictObject({
  q: query,
  /** The most messages to return. */
  limit: z._default(int(1, 100), 10),
  timeZone: z.optional(timeZone),
});
/** Messages to explain, by `seq`, up to 100: why they were found, or were not. */
const seqs = z.optional(z.array(seq).check(z.minLength(1), z.maxLength(MAX_EXPLAINED)));
export const searchRequest = z.strictObject({ ...userSearchRequest.shape, explain: seqs });

const recalledMessage = () =>
  z.extend(scored, {
    /** The session that contains the message. */
    sessionId,
    role: anyRole,
    /** The name of the author. */
    name: z.optional(z.string()),
    /** The whole text. If it is long, `from` and `to` mark the excerpt that a prompt would quote. */
    content: z.string(),
    /** The time of the message. */
    createdAt: datetime(),
  });

/** The messages, best first. */
const recalled = () => z.array(recalledMessage());

/** The messages of `explain` that exist, in the order of their `seq`; absent without `explain`. */
const explained = () =>
  z.optional(
    z.array(
      z.object({
        seq,
        /**
         * The rank among all candidates, 1 for the best. Null if the message is no candidate: it is in the window, or
         * does not match.
         */
        rank: z.nullable(int(1)),
        /** Whether the message was found. */
        recalled: z.boolean(),
        /** The score: the sum of the parts below. */
        score: z.number(),
        /** The part from the words of the question in the message. */
        words: z.number(),
        /** The part from the messages around it. */
        neighbours: z.number(),
        /** The part from the days in the question. */
        date: z.number(),
        /** The part from embeddings. */
        meaning: z.number(),
        /** The part from its speaker, and from looking like an answer. */
        speaker: z.number(),
        /** The tokens of its quotation. */
        tokens: int(0),
        /** The tokens that were missing to quote it; null if it is no candidate. */
        missedBy: z.nullable(int(0)),
      }),
    ),
  );

export const searchResponse = () => z.object({ data: recalled(), explained: explained() });
export const userSearchResponse = () =>
  z.object({
    data: recalled(),
    /** The facts about the user that match, best first; absent if none does. */
    facts: z.optional(z.array(fact())),
  });

const tokens = int(0, 100_000);

export const contextRequest = z.strictObject({
  /** The question. */
  question: content,
  userId: z.optional(userId),
  timeZone: z.optional(timeZone),
  /** The most tokens of recalled messages; default `RECALL_TOKENS`. */
  recallTokens: z.optional(tokens),
  /** The most tokens of recent messages; default: all that recall leaves. */
  windowTokens: z.optional(tokens),
  explain: seqs,
});

/** The messages of the prompt, in order. */
const promptMessages = () =>
  z.array(
    z.object({
      role: anyRole,
      /** The text. */
      content: z.string(),
      ...calledFields(),
    }),
  );

export const promptResponse = () =>
  z.object({
    /** The model that answered. */
    model: z.string(),
    messages: promptMessages(),
    /** Whether the model received exactly this text. */
    exact: z.boolean(),
  });

export const contextResponse = () =>
  z.object({
    /** The model that would be asked. */
    model: z.string(),
    messages: promptMessages(),
    /** Their estimated tokens. */
    promptTokens: int(0),
    /** The budget of the prompt in tokens. */
    budget: z.object({
      /** Tokens for memory: recent and recalled messages, and facts. */
      context: int(0),
      /** Tokens for the reply. */
      reply: int(0),
      /** The limit of recalled messages. */
      recall: int(0),
      /** The limit of recent messages. */
      window: int(0),
    }),
    /** The content of the prompt, with reasons. */
    memory: z.extend(memory(), {
      /** The messages, best first. */
      recalled: z.array(
        z.extend(recalledMessage(), {
          /** The quoted text: the excerpt of a long message. */
          content: z.string(),
        }),
      ),
    }),
    explained: explained(),
  });
