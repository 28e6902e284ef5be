import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import type { Model } from "../turn/types";

/** Where a request's time goes, in milliseconds. */
export interface Timings {
  memory: number;
  model: number;
}

/** Adds `Server-Timing`: memory, model, and total as far as known when the answer begins. */
export const timing = createMiddleware<AppEnv>(async (c, next) => {
  const started = performance.now();
  const timings: Timings = { memory: 0, model: 0 };
  c.set("timings", timings);
  await next();
  const parts = [...Object.entries(timings), ["total", performance.now() - started] as const];
  c.header("server-timing", parts.map(([name, ms]) => `${name};dur=${Math.round(ms)}`).join(", "));
});

/** Runs a part of a request and adds the time that it took. */
export async function timed<T>(timings: Timings, part: keyof Timings, run: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await run();
  } finally {
    timings[part] += performance.now() - started;
  }
}

/** A model whose calls are timed; a stream until it begins. */
export const timedModel = (model: Model, timings: Timings): Model => ({
  window: model.window,
  complete: (call) => timed(timings, "model", () => model.complete(call)),
  stream: (call, signal) => timed(timings, "model", () => model.stream(call, signal)),
});
