import { Hono } from "hono";
import type * as z from "zod";
import { version } from "../../package.json";
import type { AppEnv } from "../env";
import type { healthResponse } from "../schema/common-schema";
import { settingsOf } from "../settings";

/** `GET /health`: whether the Worker runs, which version, and with which model. Open to all. */
export const health = new Hono<AppEnv>().get("/health", (c) => {
  const body: z.input<typeof healthResponse> = { ok: true, path: c.req.path, version, model: settingsOf(c.env).MODEL };
  return c.json(body, 200);
});
