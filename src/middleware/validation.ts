import { zValidator } from "@hono/zod-validator";
import type { Context, ValidationTargets } from "hono";
import type { output, ZodError, ZodType } from "zod";
import { FailureError } from "./respond";

/** How many faults of one request are named. */
const MAX_ERRORS = 50;

/** zValidator whose refusals have the one shape of all problems. */
export const valid = <T extends ZodType, Target extends keyof ValidationTargets>(target: Target, schema: T) =>
  zValidator(target, schema, (result) => {
    if (!result.success) throw refused(result.error);
  });

/** The headers that a route reads. No validator of the route, because a typed client would then have to name them. */
export function headersOf<T extends ZodType>(c: Context, schema: T): output<T> {
  const result = schema.safeParse(c.req.header());
  if (!result.success) throw refused(result.error);
  return result.data;
}

function refused(error: Pick<ZodError, "issues">): FailureError {
  const errors = error.issues.slice(0, MAX_ERRORS).map(({ path, message }) => ({ path: path.join("."), message }));
  return new FailureError({ reason: "invalid_request", errors });
}
