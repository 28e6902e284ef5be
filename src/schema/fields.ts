/** Fields with the descriptions that the OpenAPI document shows. Every property of a schema has one. */
import * as z from "zod/mini";
import { _coercedNumber, _isoDateTime } from "zod/v4/core";
import "../locale";

/**
 * Returns a copy of a schema with a description. `z.describe` would add a check, after which limits of an array's length
 * are checked only when all its items were.
 */
export function described<T extends z.ZodMiniType>(description: string, schema: T): T {
  const copy = schema.clone();
  z.globalRegistry.add(copy, { description });
  return copy;
}

export const optional = <T extends z.ZodMiniType>(description: string, schema: T) =>
  z.optional(described(description, schema));

export const nullable = <T extends z.ZodMiniType>(description: string, schema: T) =>
  described(description, z.nullable(schema));

export const nullish = <T extends z.ZodMiniType>(description: string, schema: T) =>
  described(description, z.nullish(schema));

export const text = (description: string) => described(description, z.string());

/** Returns the schema of a quantity: an integer from 0. */
export const count = (description: string) => described(description, int(0));

/**
 * Returns the schema of a time as ISO 8601, in UTC unless `offset` allows other offsets. `z.iso.datetime` would add dates
 * and durations to the Worker; `z.coerce.number`, below, all other types.
 */
export const datetime = (params?: { offset: boolean }) => _isoDateTime(z.ZodMiniISODateTime, params);

/** Returns the schema of an integer that a query or a setting contains as text. */
export const intFromText = (min: number, max: number) =>
  _coercedNumber(z.ZodMiniNumber).check(z.int(), z.minimum(min), z.maximum(max));

/** Returns the schema of a time in UTC. */
export const time = (description: string) => described(description, datetime());

export const object = <T extends z.core.$ZodLooseShape>(description: string, shape: T) =>
  described(description, z.object(shape));

export const list = <T extends z.ZodMiniType>(description: string, item: T) => described(description, z.array(item));

export const objects = <T extends z.core.$ZodLooseShape>(description: string, shape: T) =>
  list(description, z.object(shape));

/** Returns the schema of a field that has only one value. Its description names the value. */
export const always = <const T extends string | number | boolean>(value: T, error?: string) =>
  described(`Always ${typeof value === "string" ? `\`${value}\`` : value}.`, z.literal(value, error));

/** Returns the schema of an integer. Without `max`, the limit is the largest safe integer. */
export const int = (min: number, max?: number) =>
  z.int().check(z.minimum(min), ...(max === undefined ? [] : [z.maximum(max)]));

export const number = (min: number, max: number) => z.number().check(z.minimum(min), z.maximum(max));

/** Returns the schema of text that matches a pattern, with the error for other text. */
export const pattern = (regex: RegExp, error: string) => z.string().check(z.regex(regex, error));
