import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { FailureError } from "./respond";

/**
 * Refuses a path that ends with a slash, which the router of `hono/tiny` ignores: `/users/ana/facts/` with an empty id
 * must not reach the route of all facts.
 */
export const exactPath = createMiddleware<AppEnv>((c, next) => {
  if (c.req.path.endsWith("/")) throw new FailureError({ reason: "not_found" });
  return next();
});
