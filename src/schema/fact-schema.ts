/** Shapes of facts about a user. */
import * as z from "zod/mini";
import { parseIso } from "../turn/any-time";
import { MAX_FACT } from "../turn/user-memory";
import { identifier, seq, sessionId, userId, wellFormed } from "./common-schema";
import { datetime, int, notEmpty } from "./fields";

/** The statement, for example `Ana keeps bees in Lisbon.` */
const statement = z.string().check(z.trim(), z.minLength(1), z.maxLength(MAX_FACT), wellFormed);

// The highest number of a version in an export, and the most versions of a fact: 100 with a text, and the ends between.
const MAX_NUMBER = 1_000_000_000;
const MAX_EXPORTED = 250;

const NO_DAY = "must be a day such as 2026-11-26";

/** A day. Of a time, the day is stored. */
const day = z.string().check(
  z.regex(/^\d{4}-\d\d-\d\d(?:T[\d:.]{5,12}(?:Z|[+-]\d\d:?\d\d)?)?$/, { error: NO_DAY, abort: true }),
  z.overwrite((value) => value.slice(0, 10)),
  z.refine((value) => parseIso(value), NO_DAY),
);

/** The message that the fact comes from. */
const source = z.strictObject({ sessionId, seq });

const more = {
  /** Whether every prompt of the user contains it. */
  pinned: z.optional(z.boolean()),
  /** The first day on which it is true; null if it is unknown. */
  since: z.optional(z.nullable(day)),
  /** The last day of its time span; null if it has no end. */
  until: z.optional(z.nullable(day)),
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

export const factRequest = z.strictObject({ text: statement, ...more }).check(ordered);

export const factChange = z
  .strictObject({ text: z.optional(statement), ...more })
  .check(ordered, notEmpty("must contain `text`, `pinned`, `since`, `until` or `source`"));

/** The id of the fact. */
const factId = identifier(64);
export const factParam = z.object({ userId, factId });

const lesson = z.object({
  sessionId,
  seq,
  /** The last message of the turn. */
  to: seq,
  /** The number of the version that the turn changed. */
  base: z.optional(int(1, MAX_NUMBER)),
});

/** A fact with all its versions. */
export const exportedFact = z.object({
  id: factId,
  /** The versions, oldest first. */
  versions: z
    .array(
      z.object({
        /** Identifies the version in the export. */
        number: int(1, MAX_NUMBER),
        /** The statement; null if the fact ended. */
        text: z.nullable(statement),
        /** The first day on which it is true; null if it is unknown. */
        since: z.nullable(day),
        /** The last day of its time span; null if it has no end. */
        until: z.nullable(day),
        /** Whether every prompt of the user contains it. */
        pinned: z.boolean(),
        /** The author of this version. */
        writtenBy: z.enum(["person", "model"]),
        source: z.optional(source),
        /** The turns that the model learned it from. */
        learned: z.array(lesson).check(z.maxLength(32)),
        /** The time at which the fact was added. */
        createdAt: datetime(),
        /** The time at which the version was added. */
        updatedAt: datetime(),
      }),
    )
    .check(z.minLength(1), z.maxLength(MAX_EXPORTED)),
});

// Read without a validator, because typed clients would then have to send it.
export const factsQuery = z.object({
  /** A text to search for: only facts that match it are returned. */
  q: z.optional(z.string().check(z.minLength(1), z.maxLength(10_000))),
  /** `true` also returns facts that have ended. */
  history: z.optional(z.enum(["true", "false"])),
});

export const factRevert = z.strictObject({
  /** The version of the fact's history. */
  version: int(1),
});

const fields = () => ({
  /** The id of the fact. */
  id: z.string(),
  /** The statement. */
  text: z.string(),
  /** Whether every prompt of the user contains it. */
  pinned: z.boolean(),
  /** The first day on which it is true; null if it is unknown. */
  since: z.nullable(z.string()),
  /** The last day of its time span; null if it has no end. */
  until: z.nullable(z.string()),
  /** The messages that the fact comes from. */
  sources: z.array(source),
  /** The author of this version. */
  writtenBy: z.enum(["person", "model"]),
  /** The time at which the fact was added. */
  createdAt: datetime(),
  /** The time of the last edit: of this version. */
  updatedAt: datetime(),
});

export const fact = () => z.object(fields());

/** The time at which another version replaced it, or the fact ended; null if it is current. */
const endedAt = () => z.nullable(datetime());

export const factsResponse = () =>
  z.object({
    /** The facts, newest first; best first with `q`. With `history`, each has `endedAt`. */
    data: z.array(z.object({ ...fields(), endedAt: z.optional(endedAt()) })),
  });

export const factHistory = () =>
  z.object({
    /** The versions, newest first. */
    data: z.array(
      z.object({
        ...fields(),
        /** The number of the version, from 1. */
        version: int(1),
        endedAt: endedAt(),
      }),
    ),
  });

export const factDeleted = () =>
  z.object({
    ok: z.literal(true),
    /** The id of the deleted fact. */
    id: z.string(),
  });
