/** Shapes of a session and its messages. */
import * as z from "zod/mini";
import { FUTURE_MS } from "../turn/time-order";
import {
  anyRole,
  calledFields,
  content,
  name,
  oneLine,
  role,
  seq,
  seqList,
  sessionId,
  status,
  userId,
} from "./common-schema";
import { always, count, datetime, described, intFromText, nullable, objects, optional, text, time } from "./fields";

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
    vectors: z.optional(count("Messages that have an embedding; absent without `EMBEDDING_MODEL`.")),
  });

export const sessionChange = z.object({
  title: described("The title, in one line.", z.string().check(z.trim(), ...oneLine(1, 200))),
});
export const sessionChanged = () => z.object({ ok: always(true), sessionId, title: text("The new title.") });

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

export const appendRequest = z.object({
  userId: z.optional(userId),
  learn: optional(
    "Learns facts about the session's user from these messages, in the background; only with `FACTS`.",
    z.boolean(),
  ),
  messages: objects("The messages, oldest first.", {
    role: described("The author. `system` messages are only quoted in prompts.", role),
    content: described("The text.", content),
    name: z.optional(name),
    createdAt: optional(
      "The time of the message; default: the time of the request.",
      datetime({ offset: true }).check(
        z.refine((value) => Date.parse(value) <= Date.now() + FUTURE_MS, "must not be in the future"),
      ),
    ),
  }).check(z.minLength(1), z.maxLength(1_000)),
});

export const appendResponse = () =>
  z.object({
    sessionId,
    appended: count("The number of stored messages."),
    firstSeq: described("The number of the first one.", seq),
    lastSeq: described("The number of the last one.", seq),
  });
