/** Reads JSON of any shape field by field. */

/** Parses JSON. Returns undefined for invalid JSON. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

export type Fields = Record<string, unknown>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});

/**
 * Returns a text; "" for other values. Workers AI streams texts that look like numbers as numbers.
 * See https://github.com/cloudflare/ai/issues/651
 */
export const plainText = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? `${value}` : "";
