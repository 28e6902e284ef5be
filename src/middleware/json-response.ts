import type { Context, TypedResponse } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { JSONParsed } from "hono/utils/types";

/**
 * Answers with JSON that ends with a newline, so that a shell's next prompt begins on its own line. Typed as Hono types
 * `c.json`, which has no place for the newline.
 */
export function json<T, S extends ContentfulStatusCode>(
  c: Context,
  body: T,
  status: S,
  headers?: Record<string, string>,
): Response & TypedResponse<JSONParsed<T>, S, "json">;
export function json(
  c: Context,
  body: unknown,
  status: ContentfulStatusCode,
  headers?: Record<string, string>,
): Response {
  return c.body(`${JSON.stringify(body)}\n`, status, { "content-type": "application/json", ...headers });
}
