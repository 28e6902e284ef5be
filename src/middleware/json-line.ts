import { createMiddleware } from "hono/factory";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { AppEnv } from "../env";

/** Makes `c.json` end its body with a newline, so that the prompt of a shell starts on a line of its own. */
export const jsonLine = createMiddleware<AppEnv>((c, next) => {
  const json = (value: unknown, status?: ContentfulStatusCode, headers?: Record<string, string>) =>
    c.body(`${JSON.stringify(value)}\n`, status, { "content-type": "application/json", ...headers });
  Object.assign(c, { json });
  return next();
});
