import { Hono } from "hono";
import openapi from "../../openapi.json";
import type { AppEnv } from "../env";

/** `GET /openapi.json`: the OpenAPI document, as `npm run openapi` wrote it. Open to all. */
export const document = new Hono<AppEnv>().get("/openapi.json", (c) =>
  c.body(`${JSON.stringify(openapi)}\n`, 200, { "content-type": "application/json" }),
);
