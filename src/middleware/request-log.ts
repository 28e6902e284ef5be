import { createMiddleware } from "hono/factory";
import { matchedRoutes } from "hono/route";
import type { AppEnv } from "../env";
import { log } from "../log";

/** Logs each request in one line, a stream when it begins. Logs the route instead of the URL, which may contain texts and tokens. */
export const logRequest = createMiddleware<AppEnv>(async (c, next) => {
  c.set("logged", {});
  await next();
  const { requestId, caller, timings, logged } = c.var;
  log("info", "request", {
    requestId,
    method: c.req.method,
    route: matchedRoutes(c).findLast(({ method }) => method !== "ALL")?.path,
    status: c.res.status,
    ...(caller?.tenant && { tenant: caller.tenant }),
    ...logged,
    memoryMs: Math.round(timings.memory),
    modelMs: Math.round(timings.model),
  });
});
