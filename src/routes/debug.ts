import { Hono } from "hono/tiny";
import { version } from "../../package.json";
import type { AppEnv } from "../env";
import { json } from "../middleware/json-response";
import { FailureError } from "../middleware/respond";
import { debugResponse } from "../schema/common-schema";
import type { ResponseBody } from "../schema/response-body";
import { settingsOf } from "../settings";
import type { Operations } from "./operation";

export const operations = (): Operations => ({
  "GET /debug": {
    id: "debug",
    summary: "Echo the request",
    description: "Shows how a request arrives behind proxies. Exists only if the setting `DEBUG` is `true`.",
    response: debugResponse,
    failures: ["not_found"],
    postman: [{ at: 430, name: "Echo a request" }],
  },
});

export const routes = new Hono<AppEnv>().get("/debug", (c) => {
  const settings = settingsOf(c.env);
  if (settings.DEBUG !== "true") throw new FailureError({ reason: "not_found" });
  const body: ResponseBody<typeof debugResponse> = {
    method: c.req.method,
    path: c.req.path,
    url: c.req.url,
    contentType: c.req.header("content-type") ?? null,
    version,
    model: settings.MODEL,
    bindings: Object.entries(c.env).flatMap(([name, value]) => (typeof value === "object" ? [name] : [])),
  };
  return json(c, body, 200);
});
