/** Shapes of a session and its messages. */
import * as z from "zod/mini";
import { sentMessage } from "./append-schema";
import {
  anyRole,
  calledFields,
  content,
  idempotencyKey,
  oneLine,
  seq,
  seqList,
  sessionId,
  status,
  timeZone,
  userId,
} from "./common-schema";
import {
  always,
  count,
  datetime,
  described,
  intFromText,
  list,
  nullable,
  objects,
  optional,
  text,
  time,
} from "./fields";

/** The title that a response shows. */
export const shownTitle = () =>
  nullable("The title; by default the start of the first question. Null if there is neither.", z.string());

export const sessionResponse = () =>
  z.object({
    sessionId,
    title: shownTitle(),
    messages: count("The number of messages."),
    tokens: count("Their estimated tokens."),
    firstAt: nullable("The time of the first message.", datetime()),
    lastAt: nullable("The time of the last message.", datetime()),
    instructions: optional("The instructions of the session. Absent for session tokens.", z.nullable(z.string())),
    timeZone: optional("The time zone of the session. Absent for session tokens.", z.nullable(z.string())),
    vectors: z.optional(count("Messages that have an embedding; absent without `EMBEDDING_MODEL`.")),
  });

export const sessionChange = z
  .strictObject({
    title: optional("The title, in one line.", z.string().check(z.trim(), ...oneLine(1, 200))),
    instructions: optional(
      "Instructions for all asks that have none of their own, such as a persona. They follow `SYSTEM_PROMPT`. Null deletes them.",
      z.nullable(content),
    ),
    timeZone: optional(
      "The time zone of all asks that name none: an IANA name such as Europe/Lisbon. Null deletes it.",
      z.nullable(timeZone),
    ),
  })
  .check(
    z.refine((change) => Object.values(change).some((value) => value !== undefined), {
      error: "must change `title`, `instructions` or `timeZone`",
    }),
  );
export const sessionChanged = () =>
  z.object({
    ok: always(true),
    sessionId,
    title: optional("The new title.", z.string()),
    instructions: optional("The new instructions.", z.nullable(z.string())),
    timeZone: optional("The new time zone.", z.nullable(z.string())),
  });

export const historyQuery = z.object({
  seq: optional(
    "Returns only these messages: up to 100 numbers, separated by commas. `limit` and `before` are ignored.",
    seqList,
  ),
  limit: z._default(described("The number of messages of a page.", intFromText(1, 1_000)), 50),
  before: optional(
    "Returns messages with smaller numbers: the `nextCursor` of the previous page.",
    intFromText(1, Number.MAX_SAFE_INTEGER),
  ),
});

export const historyResponse = () =>
  z.object({
    data: objects("The messages, newest first.", {
      seq,
      role: anyRole,
      name: z.optional(text("The name of the author.")),
      content: text("The text."),
      ...calledFields(),
      tokens: count("Estimated tokens."),
      createdAt: time("The time of the message."),
      turnId: z.optional(text("The turn of the message; absent for appended messages.")),
      status,
    }),
    nextCursor: nullable("The `before` of the next page; null on the last page.", seq),
  });

export const appendRequest = z.strictObject({
  userId: z.optional(userId),
  partial: optional(
    "Stores the valid messages and lists the others in `refused`. By default, one invalid message refuses all.",
    z.boolean(),
  ),
  learn: optional(
    "Learns facts about the session's user from these messages, in the background; only with `FACTS`.",
    z.boolean(),
  ),
  messages: list("The messages, oldest first.", sentMessage).check(z.minLength(1), z.maxLength(1_000)),
});

/** An append whose invalid messages were left out: it may be empty. */
export const partialAppend = z.extend(appendRequest, { messages: z.array(sentMessage) });

export const appendHeaders = z.object({
  "idempotency-key": optional(
    "Makes retries safe: for 24 hours, one of the session's last 20 keys returns the same result.",
    idempotencyKey,
  ),
});

/** A message that a partial append refused. */
export interface RefusedMessage {
  index: number;
  message: string;
}

export const messageParam = z.object({
  sessionId,
  seq: described("The number of the message in its session, from 1.", intFromText(1, Number.MAX_SAFE_INTEGER)),
});

export const messageDeleted = () => z.object({ ok: always(true), sessionId, seq });

export const appendResponse = () =>
  z.object({
    sessionId,
    appended: count("The number of stored messages."),
    firstSeq: nullable("The number of the first one; null if all were refused.", seq),
    lastSeq: nullable("The number of the last one; null if all were refused.", seq),
    refused: z.optional(
      objects("The refused messages; only with `partial`.", {
        index: count("The place of the message in the request, from 0."),
        message: text("The field and what is wrong with it."),
      }),
    ),
  });
