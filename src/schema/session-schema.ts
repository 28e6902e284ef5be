/** Shapes of a session and its messages. */
import * as z from "zod";
import { sentMessage } from "./append-schema";
import {
  anyRole,
  calledFields,
  count,
  idempotencyKey,
  positive,
  seq,
  sessionId,
  status,
  time,
  userId,
  WELL_FORMED,
  wellFormed,
} from "./common-schema";

/** The title that a response shows. */
export const shownTitle = () =>
  z.string().nullable().describe("The title; by default the start of the first question. Null if there is neither.");

export const sessionResponse = () =>
  z.object({
    sessionId,
    title: shownTitle(),
    messages: count.describe("The number of messages."),
    tokens: count.describe("Their estimated tokens."),
    firstAt: time.nullable().describe("The time of the first message."),
    lastAt: time.nullable().describe("The time of the last message."),
    vectors: count.describe("Messages that have an embedding; absent without `EMBEDDING_MODEL`.").optional(),
  });

export const sessionChange = z.object({
  title: z
    .string()
    .trim()
    .regex(/^[^\p{Cc}\u2028\u2029]{1,200}$/u, "must be 1 to 200 characters in one line")
    .refine(wellFormed, WELL_FORMED)
    .describe("The title, in one line."),
});
export const sessionChanged = () =>
  z.object({
    ok: z.literal(true).describe("Always true."),
    sessionId,
    title: z.string().describe("The new title."),
  });

export const historyQuery = z.object({
  seq: z
    .string()
    .regex(/^[1-9]\d{0,14}(?:,[1-9]\d{0,14}){0,99}$/, "must be up to 100 numbers, separated by commas")
    .transform((list) => list.split(",").map(Number))
    .describe("Returns only these messages: up to 100 numbers, separated by commas. `limit` and `before` are ignored.")
    .optional(),
  limit: positive(1_000).describe("The number of messages of a page.").default(50),
  before: positive(Number.MAX_SAFE_INTEGER)
    .describe("Returns messages with smaller numbers: the `nextCursor` of the previous page.")
    .optional(),
});

export const historyResponse = () =>
  z.object({
    data: z
      .array(
        z.object({
          seq,
          role: anyRole,
          name: z.string().describe("The name of the author.").optional(),
          content: z.string().describe("The text."),
          ...calledFields(),
          tokens: count.describe("Estimated tokens."),
          createdAt: time.describe("The time of the message."),
          turnId: z.string().describe("The turn of the message; absent for appended messages.").optional(),
          status,
        }),
      )
      .describe("The messages, newest first."),
    nextCursor: seq.nullable().describe("The `before` of the next page; null on the last page."),
  });

export const appendRequest = z.object({
  userId: userId.optional(),
  partial: z
    .boolean()
    .describe(
      "Stores the valid messages and lists the others in `refused`. By default, one invalid message refuses all.",
    )
    .optional(),
  messages: z.array(sentMessage).min(1).max(1_000).describe("The messages, oldest first."),
});

/** An append whose invalid messages were left out: it may be empty. */
export const partialAppend = appendRequest.extend({ messages: z.array(sentMessage) });

export const appendHeaders = z.object({
  "idempotency-key": idempotencyKey
    .describe("Makes retries safe: for 24 hours, one of the session's last 20 keys returns the same result.")
    .optional(),
});

const refusedMessage = () =>
  z.object({
    index: count.describe("The place of the message in the request, from 0."),
    message: z.string().describe("The field and what is wrong with it."),
  });
export type RefusedMessage = z.output<ReturnType<typeof refusedMessage>>;

export const appendResponse = () =>
  z.object({
    sessionId,
    appended: count.describe("The number of stored messages."),
    firstSeq: seq.nullable().describe("The number of the first one; null if all were refused."),
    lastSeq: seq.nullable().describe("The number of the last one; null if all were refused."),
    refused: z.array(refusedMessage()).describe("The refused messages; only with `partial`.").optional(),
  });
