import { Hono } from "hono";
import type { AppEnv } from "../env";
import { openapi } from "../openapi";

/** `GET /openapi.json`: the OpenAPI document. Open to all. */
export const document = new Hono<AppEnv>().get("/openapi.json", (c) =>
  c.body(JSON.stringify(openapi()), 200, { "content-type": "application/json" }),
);
