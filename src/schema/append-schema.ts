/** A message to append, as other products write it. Output: a message to store. */
import * as z from "zod/mini";
import { MAX_ANSWER } from "../limits";
import { epochMs, parseIso } from "../turn/any-time";
import { FUTURE_MS } from "../turn/time-order";
import type { NewMessage } from "../turn/types";
import { name, wellFormed } from "./common-schema";

/** The stored role of each role. Tool results become records, because their calls are not known. */
const ROLES = {
  system: "system",
  user: "user",
  assistant: "assistant",
  human: "user",
  ai: "assistant",
  developer: "system",
  tool: "system",
} as const;

/** The earliest time, in milliseconds: the start of year 1, which ISO 8601 can write. */
const EARLIEST_MS = -62_135_596_800_000;

/** The most parts of a content. */
const MAX_PARTS = 1_000;

/** Returns the text of a part of a content. Other parts leave their type as a mark, for example `[image_url]`. */
function textOf(part: unknown): string {
  if (typeof part === "string") return part;
  if (typeof part !== "object" || part === null) return "";
  if ("text" in part && typeof part.text === "string") return part.text;
  return "type" in part && typeof part.type === "string" ? `[${part.type}]` : "";
}

const joined = (content: string | unknown[]): string =>
  typeof content === "string" ? content : content.map(textOf).filter(Boolean).join("\n");

const sentContent = z.pipe(
  z.pipe(
    z
      .union([z.string(), z.array(z.unknown())], { error: "must be text or a list of parts" })
      .check(
        z.refine(
          (value) => typeof value === "string" || value.length <= MAX_PARTS,
          `may have at most ${MAX_PARTS} parts`,
        ),
      ),
    z.transform(joined),
  ),
  z
    .string()
    .check(
      z.minLength(1, `must be text of 1 to ${MAX_ANSWER} characters`),
      z.maxLength(MAX_ANSWER, `must be text of 1 to ${MAX_ANSWER} characters`),
      wellFormed,
    ),
);

const timeOf = (time: string | number): number =>
  typeof time === "number" ? epochMs(time) : (parseIso(time)?.ms ?? Number.NaN);

const timeError = { error: "must be a time in ISO 8601, or a number of seconds or milliseconds since 1970" };
const sentTime = z.pipe(
  z.pipe(z.union([z.string(), z.number()], timeError), z.transform(timeOf)),
  z.number(timeError).check(
    z.minimum(EARLIEST_MS, "must not be before the year 1"),
    z.refine((ms) => ms <= Date.now() + FUTURE_MS, "must not be in the future"),
  ),
);

export const sentMessage = z.pipe(
  z.strictObject({
    /**
     * The author. `human` is stored as `user`, `ai` as `assistant`, `developer` and `tool` as `system`. `system`
     * messages are only quoted in prompts.
     */
    role: z.enum(["system", "user", "assistant", "human", "ai", "developer", "tool"]),
    /**
     * The text, up to 400,000 characters; or up to 1,000 parts: strings or objects with `text`, joined by line breaks.
     * A part without text leaves its `type` as a mark.
     */
    content: sentContent,
    /** The name of the author; null for none. */
    name: z.optional(z.nullable(name)),
    /**
     * The time of the message: ISO 8601 with any offset, or without one in UTC; or seconds or milliseconds since 1970.
     * Default: the time of the request.
     */
    createdAt: z.optional(sentTime),
  }),
  z.transform(({ role, name, ...message }): NewMessage => ({ ...message, role: ROLES[role], ...(name && { name }) })),
);
