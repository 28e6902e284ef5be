import * as z from "zod/mini";

/** The doc comments of values that are no schemas. */
const comments = new Map<unknown, string>();

export const commentOf = (value: unknown): string | undefined => comments.get(value);

/**
 * Returns a copy of a schema with a description. Other values are returned unchanged, and {@link commentOf} knows their
 * comments. `z.describe` would add a check: then an array's length is checked only after all its items.
 */
export function described<T>(description: string, value: T): T {
  if (!(value instanceof z.ZodMiniType)) {
    comments.set(value, description);
    return value;
  }
  const copy = value.clone();
  z.globalRegistry.add(copy, { description });
  return copy;
}
