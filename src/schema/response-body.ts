import type * as z from "zod/mini";

/**
 * The type of a response. Response schemas are functions that return the schema: the handlers need only their types, and
 * bundlers drop an unused function, but not a constant that calls zod.
 */
export type ResponseBody<T extends () => z.core.$ZodType> = z.input<ReturnType<T>>;
