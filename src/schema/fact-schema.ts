/** Shapes of facts about a user. */
import * as z from "zod";
import { MAX_FACT } from "../turn/user-memory";
import { identifier, seq, sessionId, userId } from "./common-schema";

const WELL_FORMED = "must be well-formed Unicode: it contains a lone surrogate";
const wellFormed = (text: string) => text.isWellFormed();

const text = z
  .string()
  .trim()
  .min(1)
  .max(MAX_FACT)
  .refine(wellFormed, WELL_FORMED)
  .describe("The statement, for example `Ana keeps bees in Lisbon.`");

/** A day, or a time, of which the day counts. */
const day = (meaning: string) =>
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\d(?:T[\d:.]{5,12}(?:Z|[+-]\d\d:?\d\d)?)?$/, "must be a day such as 2026-11-26")
    .refine((value) => isDay(value.slice(0, 10)), "must be a day such as 2026-11-26")
    .transform((value) => value.slice(0, 10))
    .nullable()
    .describe(meaning);

/** Returns whether a day exists: `2026-02-30` does not. */
function isDay(value: string): boolean {
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

const source = z.object({ sessionId, seq }).describe("The message that the fact comes from.");

const span = {
  since: day("The first day on which it is true; null if it is unknown.").optional(),
  until: day("The last day on which it is true; null if there is none.").optional(),
};
const more = {
  pinned: z.boolean().describe("Whether every prompt of the user contains it.").optional(),
  ...span,
  source: source.optional(),
};
const isSpan = ({ since, until }: { since?: string | null | undefined; until?: string | null | undefined }) =>
  !since || !until || since <= until;
const NO_SPAN = { path: ["until"], error: "must not be earlier than `since`" };

export const factRequest = z.object({ text, ...more }).refine(isSpan, NO_SPAN);

export const factChange = z
  .object({ text: text.optional(), ...more })
  .refine(isSpan, NO_SPAN)
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    error: "must contain `text`, `pinned`, `since`, `until` or `source`",
  });

const factId = identifier(64).describe("The id of the fact.");
export const factParam = z.object({ userId, factId });

/** Read without a validator, because typed clients would then have to send it. */
export const factsQuery = z.object({
  q: z.string().min(1).max(10_000).describe("A text to search for: only facts that match it are returned.").optional(),
  history: z.enum(["true", "false"]).describe("`true` also returns facts that have ended.").optional(),
});

export const factRevert = z.object({ version: z.int().min(1).describe("The version of the fact's history.") });

const time = z.iso.datetime();

export const fact = () =>
  z.object({
    id: z.string().describe("The id of the fact."),
    text: z.string().describe("The statement."),
    pinned: z.boolean().describe("Whether every prompt of the user contains it."),
    since: z.string().nullable().describe("The first day on which it is true; null if it is unknown."),
    until: z.string().nullable().describe("The last day on which it is true; null if there is none."),
    sources: z.array(source).describe("The messages that the fact comes from."),
    writtenBy: z.enum(["person", "model"]).describe("The author of this version."),
    createdAt: time.describe("The time at which the fact was added."),
    updatedAt: time.describe("The time of the last edit: of this version."),
  });

const ended = time
  .nullable()
  .describe("The time at which another version replaced it, or the fact ended; null if it is current.");

export const factsResponse = () =>
  z.object({
    data: z
      .array(fact().extend({ endedAt: ended.optional() }))
      .describe("The facts, newest first; best first with `q`. With `history`, each has `endedAt`."),
  });

export const factHistory = () =>
  z.object({
    data: z
      .array(fact().extend({ version: z.int().describe("The number of the version, from 1."), endedAt: ended }))
      .describe("The versions, newest first."),
  });

export const factDeleted = () =>
  z.object({
    ok: z.literal(true).describe("Always true."),
    id: z.string().describe("The id of the deleted fact."),
  });
