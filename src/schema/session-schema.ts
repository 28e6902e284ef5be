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
  userId,
} from "./common-schema";
import { datetime, int, intFromText, notEmpty, timeZone } from "./fields";

// The title that a response shows.
/** The title; by default the start of the first question. Null if there is neither. */
export const shownTitle = () => z.nullable(z.string());

export const sessionResponse = () =>
  z.object({
    sessionId,
    title: shownTitle(),
    /** The number of messages. */
    messages: int(0),
    /** Their estimated tokens. */
    tokens: int(0),
    /** The time of the first message. */
    firstAt: z.nullable(datetime()),
    /** The time of the last message. */
    lastAt: z.nullable(datetime()),
    /** The instructions of the session. Absent for session tokens. */
    instructions: z.optional(z.nullable(z.string())),
    /** The time zone of the session. Absent for session tokens. */
    timeZone: z.optional(z.nullable(z.string())),
    /** Messages that have an embedding; absent without `EMBEDDING_MODEL`. */
    vectors: z.optional(int(0)),
  });

export const sessionChange = z
  .strictObject({
    /** The title, in one line. */
    title: z.optional(z.string().check(z.trim(), ...oneLine(1, 200))),
    /**
     * Instructions for all asks that have none of their own, such as a persona. They follow `SYSTEM_PROMPT`. Null
     * deletes them.
     */
    instructions: z.optional(z.nullable(content)),
    /** The time zone of all asks that name none: an IANA name such as Europe/Lisbon. Null deletes it. */
    timeZone: z.optional(z.nullable(timeZone)),
    /** Moves the session to this user. */
    userId: z.optional(userId),
  })
  .check(notEmpty("must change `title`, `instructions`, `timeZone` or `userId`"));
export const sessionChanged = () =>
  z.object({
    ok: z.literal(true),
    sessionId,
    /** The new title. */
    title: z.optional(z.string()),
    /** The new instructions. */
    instructions: z.optional(z.nullable(z.string())),
    /** The new time zone. */
    timeZone: z.optional(z.nullable(z.string())),
    /** The new user. */
    userId: z.optional(userId),
  });

export const historyQuery = z.object({
  /** Returns only these messages: up to 100 numbers, separated by commas. `limit` and `before` are ignored. */
  seq: z.optional(seqList),
  /** The number of messages of a page. */
  limit: z._default(intFromText(1, 1_000), 50),
  /** Returns messages with smaller numbers: the `nextCursor` of the previous page. */
  before: z.optional(intFromText(1, Number.MAX_SAFE_INTEGER)),
});

export const historyResponse = () =>
  z.object({
    /** The messages, newest first. */
    data: z.array(
      z.object({
        seq,
        role: anyRole,
        /** The name of the author. */
        name: z.optional(z.string()),
        /** The text. */
        content: z.string(),
        ...calledFields(),
        /** Estimated tokens. */
        tokens: int(0),
        /** The time of the message. */
        createdAt: datetime(),
        /** The turn of the message; absent for appended messages. */
        turnId: z.optional(z.string()),
        status: status(),
      }),
    ),
    /** The `before` of the next page; null on the last page. */
    nextCursor: z.nullable(seq),
  });

export const appendRequest = z.strictObject({
  userId: z.optional(userId),
  /** Stores the valid messages and lists the others in `refused`. By default, one invalid message refuses all. */
  partial: z.optional(z.boolean()),
  /** Learns facts about the session's user from these messages, in the background; only with `FACTS`. */
  learn: z.optional(z.boolean()),
  /** The messages, oldest first. */
  messages: z.array(sentMessage).check(z.minLength(1), z.maxLength(1_000)),
});

// An append whose invalid messages were left out: it may be empty.
export const partialAppend = z.strictObject({ ...appendRequest.shape, messages: z.array(sentMessage) });

export const appendHeaders = z.object({
  /** Makes retries safe: for 24 hours, one of the session's last 20 keys returns the same result. */
  "idempotency-key": z.optional(idempotencyKey),
});

/** A message that a partial append refused. */
export interface RefusedMessage {
  index: number;
  message: string;
}

export const messageParam = z.object({
  sessionId,
  /** The number of the message in its session, from 1. */
  seq: intFromText(1, Number.MAX_SAFE_INTEGER),
});

export const messageDeleted = () => z.object({ ok: z.literal(true), sessionId, seq });

export const appendResponse = () =>
  z.object({
    sessionId,
    /** The number of stored messages. */
    appended: int(0),
    /** The number of the first one; null if all were refused. */
    firstSeq: z.nullable(seq),
    /** The number of the last one; null if all were refused. */
    lastSeq: z.nullable(seq),
    /** The refused messages; only with `partial`. */
    refused: z.optional(
      z.array(
        z.object({
          /** The place of the message in the request, from 0. */
          index: int(0),
          /** The field and its error. */
          message: z.string(),
        }),
      ),
    ),
  });
