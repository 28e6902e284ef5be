import { Hono } from "hono";
import type * as z from "zod";
import { version } from "../../package.json";
import type { AppEnv } from "../env";
import { respond } from "../middleware/respond";
import type { debugResponse } from "../schema/common-schema";
import { settingsOf } from "../settings";

/** `GET /debug`: what of a request reaches the Worker, for finding out what a proxy or client does to it. */
export const debug = new Hono<AppEnv>().get("/debug", (c) => {
  const settings = settingsOf(c.env);
  if (settings.DEBUG !== "true") return respond(c, { reason: "not_found" });
  const body: z.input<typeof debugResponse> = {
    method: c.req.method,
    path: c.req.path,
    url: c.req.url,
    contentType: c.req.header("content-type") ?? null,
    version,
    model: settings.MODEL,
    bindings: Object.entries(c.env).flatMap(([name, value]) => (typeof value === "object" ? [name] : [])),
  };
  return c.json(body, 200);
});
