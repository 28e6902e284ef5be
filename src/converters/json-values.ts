/** Reads parts of a parsed JSON value of unknown shape. */

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns an object; an empty one for any other value. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** Returns a list; an empty one for any other value. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Returns the objects of a list. */
export const objectsOf = (value: unknown): JsonObject[] => listOf(value).filter(isObject);

/** Returns a non-empty text; undefined for any other value. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** Returns the first of these fields that is a text. */
export function textAt(object: JsonObject, ...fields: string[]): string | undefined {
  for (const field of fields) {
    const text = textOf(object[field]);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Returns an id: a text, or a number as text. */
export const idOf = (value: unknown): string | undefined =>
  typeof value === "number" && Number.isFinite(value) ? String(value) : textOf(value);

/** The most characters of a summary. */
const SUMMARY = 1_000;

/** Returns the start of a text, or of a value as JSON. */
export function summaryOf(value: unknown, longest = SUMMARY): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  const line = text.trim();
  return line.length <= longest ? line : `${line.slice(0, longest)}…`;
}
