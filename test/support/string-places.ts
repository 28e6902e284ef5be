/** Finds the places of a request schema that accept any text, and plants a text there. */
import * as z from "zod/mini";

/** `*` means each element of an array, `{}` a new key of an object. */
export type Place = string[];

/** Lists the places of all strings, objects with any keys, and unknown values of a schema, and of each option of a union. */
export function placesOf(schema: z.core.$ZodType, at: Place = []): Place[] {
  const { core } = z;
  if (schema instanceof core.$ZodString || schema instanceof core.$ZodUnknown) return [at];
  if (schema instanceof core.$ZodArray) return placesOf(schema._zod.def.element, [...at, "*"]);
  if (schema instanceof core.$ZodObject) {
    const fields = Object.entries(schema._zod.def.shape).flatMap(([name, field]) => placesOf(field, [...at, name]));
    return schema._zod.def.catchall instanceof core.$ZodUnknown ? [...fields, [...at, "{}"]] : fields;
  }
  if (schema instanceof core.$ZodUnion) {
    return distinct(schema._zod.def.options.flatMap((option) => placesOf(option, at)));
  }
  if (schema instanceof core.$ZodPipe) {
    return distinct([...placesOf(schema._zod.def.in, at), ...placesOf(schema._zod.def.out, at)]);
  }
  const { innerType } = schema._zod.def as { innerType?: z.core.$ZodType };
  return innerType ? placesOf(innerType, at) : [];
}

export const nameOf = (place: Place) => place.join(".");

const distinct = (places: Place[]) => [...new Map(places.map((place) => [nameOf(place), place])).values()];

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Puts a text at every position of a value that a place names. @returns how many there are */
function put(value: unknown, [head, ...rest]: Place, text: string): number {
  if (!isRecord(value) || head === undefined) return 0;
  if (head === "{}") {
    value[text] = { [text]: [text] };
    return 1;
  }
  if (head === "*" && !Array.isArray(value)) return 0;
  const names = head === "*" ? Object.keys(value) : head in value ? [head] : [];
  return names.reduce((count, name) => {
    if (rest.length > 0) return count + put(value[name], rest, text);
    if (isRecord(value[name])) return count;
    value[name] = text;
    return count + 1;
  }, 0);
}

/** Returns the first of these examples that has the place, with the text at it; undefined if none has it. */
export function planted<T extends object>(examples: readonly T[], place: Place, text: string): T | undefined {
  for (const example of examples) {
    const copy = structuredClone(example);
    if (put(copy, place, text) > 0) return copy;
  }
  return undefined;
}

/** Lists all strings and keys of a value, including those in JSON arguments, which a chat template decodes. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => [
    key,
    ...stringsIn(field),
    ...(key === "arguments" && typeof field === "string" ? stringsIn(decoded(field)) : []),
  ]);
}

function decoded(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
