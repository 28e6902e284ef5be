/** Shapes of facts about a user. */
import * as z from "zod/mini";
import { MAX_FACT } from "../turn/user-memory";
import { identifier, seq, sessionId, userId, wellFormed } from "./common-schema";
import { always, described, int, list, nullable, optional, text, time } from "./fields";

const statement = described(
  "The statement, for example `Ana keeps bees in Lisbon.`",
  z.string().check(z.trim(), z.minLength(1), z.maxLength(MAX_FACT), wellFormed),
);

const NO_DAY = "must be a day such as 2026-11-26";
const SINCE = "The first day on which it is true; null if it is unknown.";
const UNTIL = "The last day on which it is true; null if there is none.";
const PINNED = "Whether every prompt of the user contains it.";

/** A day. Of a time, the day is stored. */
const day = z.string().check(
  z.regex(/^\d{4}-\d\d-\d\d(?:T[\d:.]{5,12}(?:Z|[+-]\d\d:?\d\d)?)?$/, NO_DAY),
  z.overwrite((value) => value.slice(0, 10)),
  z.refine(isDay, NO_DAY),
);

/** Returns whether a day exists: `2026-02-30` does not. */
function isDay(value: string): boolean {
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

const source = described("The message that the fact comes from.", z.strictObject({ sessionId, seq }));

const more = {
  pinned: optional(PINNED, z.boolean()),
  since: optional(SINCE, z.nullable(day)),
  until: optional(UNTIL, z.nullable(day)),
  source: z.optional(source),
};

interface Span {
  since?: string | null | undefined;
  until?: string | null | undefined;
}
const ordered = z.refine<Span>(({ since, until }) => !since || !until || since <= until, {
  path: ["until"],
  error: "must not be earlier than `since`",
});
const some = z.refine<object>((change) => Object.values(change).some((value) => value !== undefined), {
  error: "must contain `text`, `pinned`, `since`, `until` or `source`",
});

export const factRequest = z.strictObject({ text: statement, ...more }).check(ordered);

export const factChange = z.strictObject({ text: z.optional(statement), ...more }).check(ordered, some);

const factId = described("The id of the fact.", identifier(64));
export const factParam = z.object({ userId, factId });

/** Read without a validator, because typed clients would then have to send it. */
export const factsQuery = z.object({
  q: optional(
    "A text to search for: only facts that match it are returned.",
    z.string().check(z.minLength(1), z.maxLength(10_000)),
  ),
  history: optional("`true` also returns facts that have ended.", z.enum(["true", "false"])),
});

export const factRevert = z.strictObject({ version: described("The version of the fact's history.", int(1)) });

const fields = () => ({
  id: text("The id of the fact."),
  text: text("The statement."),
  pinned: described(PINNED, z.boolean()),
  since: nullable(SINCE, z.string()),
  until: nullable(UNTIL, z.string()),
  sources: list("The messages that the fact comes from.", source),
  writtenBy: described("The author of this version.", z.enum(["person", "model"])),
  createdAt: time("The time at which the fact was added."),
  updatedAt: time("The time of the last edit: of this version."),
});

export const fact = () => z.object(fields());

const endedAt = () =>
  nullable("The time at which another version replaced it, or the fact ended; null if it is current.", time(""));

export const factsResponse = () =>
  z.object({
    data: list(
      "The facts, newest first; best first with `q`. With `history`, each has `endedAt`.",
      z.object({ ...fields(), endedAt: z.optional(endedAt()) }),
    ),
  });

export const factHistory = () =>
  z.object({
    data: list(
      "The versions, newest first.",
      z.object({ ...fields(), version: described("The number of the version, from 1.", int(1)), endedAt: endedAt() }),
    ),
  });

export const factDeleted = () => z.object({ ok: always(true), id: text("The id of the deleted fact.") });
