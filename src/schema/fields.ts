/** Schemas of common fields. Their descriptions are the doc comments of the properties and constants that use them. */
import * as z from "zod/mini";
import { _coercedNumber } from "zod/v4/core";
import { errorText } from "../locale";
import { parseIso } from "../turn/any-time";
import { isTimeZone } from "../turn/dates";

z.config({ localeError: errorText });

/** A time in ISO 8601, in UTC. */
export const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

const NO_TIME = "Invalid ISO datetime";

// The schema of a time. `z.iso.datetime` would add another parser of times to the Worker.
export const datetime = () =>
  pattern(UTC_TIME, NO_TIME).check(z.refine((text) => parseIso(text) !== undefined, NO_TIME));

/**
 * Returns the schema of an integer that a query or a setting contains as text. `z.coerce.number` would add all other types
 * to the Worker.
 */
export const intFromText = (min: number, max: number) =>
  _coercedNumber(z.ZodMiniNumber).check(z.int(), z.minimum(min), z.maximum(max));

/** Returns the schema of an integer. Without `max`, the limit is the largest safe integer. */
export const int = (min: number, max?: number) =>
  z.int().check(z.minimum(min), ...(max === undefined ? [] : [z.maximum(max)]));

export const number = (min: number, max: number) => z.number().check(z.minimum(min), z.maximum(max));

/** Returns the schema of text that matches a pattern, with the error for other text. */
export const pattern = (regex: RegExp, error: string) => z.string().check(z.regex(regex, error));

/** The time zone of days in the question and the prompt, an IANA name; default: the setting `TIME_ZONE`. */
export const timeZone = z
  .string()
  .check(z.maxLength(64), z.refine(isTimeZone, "must be an IANA time zone such as Europe/Lisbon"));

/** Refuses an object without a field that is set. */
export const notEmpty = (error: string) =>
  z.refine<object>((fields) => Object.values(fields).some((value) => value !== undefined), error);
