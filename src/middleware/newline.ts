import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";

const JSON_TYPE = /^application\/(?:problem\+)?json\b/;

/** Ends JSON answers with a newline, so that a shell's next line begins on its own. */
export const endLine = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (!JSON_TYPE.test(c.res.headers.get("content-type") ?? "")) return;
  c.res = new Response(`${await c.res.text()}\n`, c.res);
});
