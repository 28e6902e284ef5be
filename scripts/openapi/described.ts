import * as z from "zod/mini";

/**
 * Returns a copy of a schema with a description, and any other value as it is. `z.describe` would add a check, after
 * which limits of an array's length are checked only when all its items were.
 */
export function described<T>(description: string, value: T): T {
  if (!(value instanceof z.ZodMiniType)) return value;
  const copy = value.clone();
  z.globalRegistry.add(copy, { description });
  return copy;
}
