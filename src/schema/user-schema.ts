/** Shapes of a user: sessions and facts. */
import * as z from "zod/mini";
import { MAX_FACT } from "../turn/user-memory";
import { identifier, seq, sessionId, userId, wellFormed } from "./common-schema";
import {
  always,
  count,
  described,
  intFromText,
  list,
  nullable,
  object,
  objects,
  optional,
  pattern,
  text,
  time,
} from "./fields";
import { shownTitle } from "./session-schema";

export const userParam = z.object({ userId });

export const userSessionsQuery = z.object({
  limit: z._default(described("The number of sessions of a page.", intFromText(1, 1_000)), 50),
  cursor: optional(
    "The `nextCursor` of the previous page.",
    pattern(/^\d{1,15}~[A-Za-z0-9._:@+-]{1,128}$/, "must be the `nextCursor` of a page"),
  ),
});

export const userSessionsResponse = () =>
  z.object({
    data: objects("The sessions, newest first.", {
      sessionId,
      title: shownTitle(),
      messages: count("The number of messages."),
      firstAt: time("The time of the first message."),
      lastAt: time("The time of the last message."),
    }),
    nextCursor: nullable("The `cursor` of the next page; null on the last page.", z.string()),
  });

const statement = described(
  "The statement, for example `Ana keeps bees in Lisbon.`",
  z.string().check(z.trim(), z.minLength(1), z.maxLength(MAX_FACT), wellFormed),
);

const source = object("The message that the fact comes from.", { sessionId, seq });

export const factRequest = z.object({ text: statement, source: z.optional(source) });

export const factChange = z.object({ text: statement });

const factId = described("The id of the fact.", identifier(64));
export const factParam = z.object({ userId, factId });

export const fact = () =>
  z.object({
    id: text("The id of the fact."),
    text: text("The statement."),
    source: nullable("The message that the fact comes from; null if it is unknown.", source),
    createdAt: time("The time at which the fact was added."),
    updatedAt: time("The time of the last edit."),
  });

export const factsResponse = () => z.object({ data: list("All facts, newest first.", fact()) });

export const factDeleted = () => z.object({ ok: always(true), id: text("The id of the deleted fact.") });

export const userDeleted = () =>
  z.object({
    ok: always(true),
    userId,
    sessions: count("The number of deleted sessions, those of earlier failed requests included."),
    messages: count("The number of deleted messages."),
    facts: count("The number of deleted facts."),
  });
