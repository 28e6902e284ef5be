import type { Context, MiddlewareHandler, ValidationTargets } from "hono";
import type { InferInput } from "hono/validator";
import * as z from "zod/mini";
import type { AppEnv } from "../env";
import { JSON_TYPE } from "./require-json";
import { FailureError } from "./respond";

/** The most errors that one response lists. */
const MAX_ERRORS = 50;

/** A part of the request. */
type Target = "json" | "param" | "query";

/** A schema and the part of the request that it validates. */
interface Validated {
  target: Target;
  schema: z.core.$ZodType;
}

/**
 * The types of a part of the request, for typed clients (`in`) and handlers (`out`). Hono's validators have the same,
 * but require a query even if all its parameters are optional.
 */
export interface Part<T extends Target, In, Out> {
  in: Partial<In> extends In ? Omit<Sent<T, In>, "query"> & Partial<Pick<Sent<T, In>, T & "query">> : Sent<T, In>;
  out: { [K in T]: Out };
}

type Sent<T extends Target, In> = { [K in T]: [In] extends [ValidationTargets[K]] ? In : InferInput<In, K> };

const validators = new WeakMap<object, Validated>();

/** Validates a part of the request. Failures have the shape of all problems. */
export const valid = <S extends z.core.$ZodType<object>, T extends Target>(target: T, schema: S) =>
  validator<S, T, z.output<S>>(target, schema, (given) => read(given, schema));

/**
 * Validates a part of the request with a function. It returns the value for the handler, or a response, or throws.
 * @param check gets undefined for invalid JSON
 */
export function validator<S extends z.core.$ZodType, T extends Target, Out extends object, R extends Response = never>(
  target: T,
  schema: S,
  check: (given: unknown, c: Context) => Out | R,
): MiddlewareHandler<AppEnv, string, Part<T, z.input<S>, Out>, R> {
  const handler: MiddlewareHandler<AppEnv, string, Part<T, z.input<S>, Out>, R> = async (c, next) => {
    const value = check(await partOf(c, target), c);
    if (value instanceof Response) return value;
    c.req.addValidatedData(target, value);
    return next();
  };
  validators.set(handler, { target, schema });
  return handler;
}

/**
 * Returns a part of the request; undefined for invalid JSON. A parameter of the query that is given once is a text,
 * otherwise a list.
 */
async function partOf({ req }: Context, target: Target): Promise<unknown> {
  if (target === "param") return req.param();
  if (target === "query")
    return Object.fromEntries(
      Object.entries(req.queries()).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
    );
  if (!JSON_TYPE.test(req.header("content-type") ?? "")) return {};
  try {
    return await req.json();
  } catch {
    return undefined;
  }
}

/** Returns the schema of a validator; undefined for other handlers. The OpenAPI document is generated from it. */
export const validatedBy = (handler: object): Validated | undefined => validators.get(handler);

/** Returns the headers that a route reads. Not a validator, because typed clients would then have to send all of them. */
export const headersOf = <T extends z.core.$ZodType>(c: Context, schema: T): z.output<T> =>
  read(c.req.header(), schema);

function read<T extends z.core.$ZodType>(given: unknown, schema: T): z.output<T> {
  const result = z.safeParse(schema, given);
  if (!result.success) throw refused(result.error, given);
  return result.data;
}

/** Returns the error that lists the issues of a schema. @param given undefined for invalid JSON */
export function refused(error: Pick<z.core.$ZodError, "issues">, given: unknown): FailureError {
  if (given === undefined) return new FailureError({ reason: "malformed_json" });
  const errors = error.issues
    .slice(0, MAX_ERRORS)
    .flatMap((issue) => fieldErrors(issue))
    .slice(0, MAX_ERRORS);
  return new FailureError({ reason: "invalid_request", errors });
}

/** Returns the issues of the option of a union that the value is meant for; undefined if no option has its `role` and `type`. */
const meantIn = (issue: z.core.$ZodIssue) =>
  issue.code === "invalid_union"
    ? issue.errors.find(([first, ...more]) => first?.path.length && ![first, ...more].some(isOfKind))
    : undefined;

/** Whether an issue says that a union's option is of another kind than the value. */
const isOfKind = ({ path }: z.core.$ZodIssue) => path.length === 1 && (path[0] === "role" || path[0] === "type");

/** Returns an error for each field of an issue. */
export const fieldErrors = (issue: z.core.$ZodIssue, at: PropertyKey[] = []): { path: string; message: string }[] => {
  const path = [...at, ...issue.path];
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...path, key].join("."), message: "is an unknown field" }));
  return (
    meantIn(issue)
      ?.slice(0, MAX_ERRORS)
      .flatMap((inner) => fieldErrors(inner, path)) ?? [{ path: path.join("."), message: issue.message }]
  );
};
