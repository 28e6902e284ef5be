import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";

/** Adds `Server-Timing` in milliseconds: memory, model, and the total until the response begins. */
export const timing = createMiddleware<AppEnv>(async (c, next) => {
  const started = performance.now();
  const timings = { memory: 0, model: 0 };
  c.set("timings", timings);
  await next();
  const total = performance.now() - started;
  const ms = Object.entries({ ...timings, total }).map(([name, value]) => `${name};dur=${Math.round(value)}`);
  c.res.headers.set("server-timing", ms.join(", "));
});
