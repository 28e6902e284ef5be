/** Shapes of a session and its messages. */
import * as z from "zod";
import { FUTURE_MS } from "../turn/time-order";
import {
  anyRole,
  calledFields,
  content,
  count,
  name,
  positive,
  role,
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
  learn: z
    .boolean()
    .describe("Learns facts about the session's user from these messages, in the background; only with `FACTS`.")
    .optional(),
  messages: z
    .array(
      z.object({
        role: role.describe("The author. `system` messages are only quoted in prompts."),
        content: content.describe("The text."),
        name: name.optional(),
        createdAt: z.iso
          .datetime({ offset: true })
          .refine((value) => Date.parse(value) <= Date.now() + FUTURE_MS, "must not be in the future")
          .describe("The time of the message; default: the time of the request.")
          .optional(),
      }),
    )
    .min(1)
    .max(1_000)
    .describe("The messages, oldest first."),
});

export const appendResponse = () =>
  z.object({
    sessionId,
    appended: count.describe("The number of stored messages."),
    firstSeq: seq.describe("The number of the first one."),
    lastSeq: seq.describe("The number of the last one."),
  });
