import * as z from "zod/mini";

/**
 * Returns a copy of a schema with a description. Other values are returned unchanged. `z.describe` would add a check:
 * then an array's length is checked only after all its items.
 */
export function described<T>(description: string, value: T): T {
  if (!(value instanceof z.ZodMiniType)) return value;
  const copy = value.clone();
  z.globalRegistry.add(copy, { description });
  return copy;
}
