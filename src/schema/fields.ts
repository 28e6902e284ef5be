/** Schemas of common fields. Their descriptions are the doc comments of the properties and constants that use them. */
import * as z from "zod/mini";
import { _coercedNumber, _isoDateTime } from "zod/v4/core";
import "../locale";

/**
 * Returns the schema of a time as ISO 8601, in UTC unless `offset` allows other offsets. `z.iso.datetime` would add dates
 * and durations to the Worker; `z.coerce.number`, below, all other types.
 */
export const datetime = (params?: { offset: boolean }) => _isoDateTime(z.ZodMiniISODateTime, params);

/** Returns the schema of an integer that a query or a setting contains as text. */
export const intFromText = (min: number, max: number) =>
  _coercedNumber(z.ZodMiniNumber).check(z.int(), z.minimum(min), z.maximum(max));

/** Returns the schema of an integer. Without `max`, the limit is the largest safe integer. */
export const int = (min: number, max?: number) =>
  z.int().check(z.minimum(min), ...(max === undefined ? [] : [z.maximum(max)]));

export const number = (min: number, max: number) => z.number().check(z.minimum(min), z.maximum(max));

/** Returns the schema of text that matches a pattern, with the error for other text. */
export const pattern = (regex: RegExp, error: string) => z.string().check(z.regex(regex, error));
