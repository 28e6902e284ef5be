import { zValidator } from "@hono/zod-validator";
import type { Context, ValidationTargets } from "hono";
import * as z from "zod/mini";
import { FailureError } from "./respond";

/** The most errors that one response lists. */
const MAX_ERRORS = 50;

/** A schema and the part of the request that it validates. */
interface Validated {
  target: keyof ValidationTargets;
  schema: z.core.$ZodType;
}

const validators = new WeakMap<object, Validated>();

/** Validates a part of the request, as `zValidator` does. Failures have the shape of all problems. */
export const valid = <T extends z.core.$ZodType, Target extends keyof ValidationTargets>(target: Target, schema: T) => {
  const validator = zValidator(target, schema, (result) => {
    if (!result.success) throw refused(result.error);
  });
  validates(validator, { target, schema });
  return validator;
};

/** Declares the schema of a validator, for {@link validatedBy}. */
export const validates = (validator: object, what: Validated) => validators.set(validator, what);

/** Returns the schema of a validator; undefined for other handlers. The OpenAPI document is generated from it. */
export const validatedBy = (handler: object): Validated | undefined => validators.get(handler);

/** Returns the headers that a route reads. Not a validator, because typed clients would then have to send all of them. */
export const headersOf = <T extends z.core.$ZodType>(c: Context, schema: T): z.output<T> =>
  read(c.req.header(), schema);

/** Returns the query of a route whose parameters are all optional. Not a validator, for the same reason. */
export const queryOf = <T extends z.core.$ZodType>(c: Context, schema: T): z.output<T> => read(c.req.query(), schema);

function read<T extends z.core.$ZodType>(given: unknown, schema: T): z.output<T> {
  const result = z.safeParse(schema, given);
  if (!result.success) throw refused(result.error);
  return result.data;
}

/** Returns the error that lists the issues of a schema. */
export function refused(error: Pick<z.core.$ZodError, "issues">): FailureError {
  const errors = error.issues.slice(0, MAX_ERRORS).flatMap(fieldErrors).slice(0, MAX_ERRORS);
  return new FailureError({ reason: "invalid_request", errors });
}

/** Returns the fields of an issue, and what is wrong with them. */
export const fieldErrors = (issue: z.core.$ZodIssue): { path: string; message: string }[] =>
  issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => ({ path: [...issue.path, key].join("."), message: "is an unknown field" }))
    : [{ path: issue.path.join("."), message: issue.message }];
