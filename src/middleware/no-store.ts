import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";

/** Keeps responses out of caches, because they belong to one caller. */
export const noStore = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  const { headers } = c.res;
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
});
