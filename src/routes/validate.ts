import { zValidator } from "@hono/zod-validator";
import type { ValidationTargets } from "hono";
import type { ZodType } from "zod";
import { FailureError } from "../problem";

/** zValidator whose refusals have the one shape of all problems. */
export const valid = <T extends ZodType, Target extends keyof ValidationTargets>(target: Target, schema: T) =>
  zValidator(target, schema, (result) => {
    if (result.success) return;
    const errors = result.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
    throw new FailureError({ reason: "invalid_request", errors });
  });
