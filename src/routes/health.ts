import { Hono } from "hono/tiny";
import { version } from "../../package.json";
import type { AppEnv } from "../env";
import { json } from "../middleware/json-response";
import { route } from "../middleware/route";
import { healthResponse } from "../schema/common-schema";
import type { ResponseBody } from "../schema/response-body";
import { settingsOf } from "../settings";
import type { Operations } from "./operation";

export const operations = (): Operations => ({
  "GET /health": {
    id: "health",
    summary: "Check that the Worker runs",
    description: "Returns the version and the configured model.",
    response: healthResponse,
    postman: [{ at: 10, name: "Check the server" }],
  },
});

export const routes = new Hono<AppEnv>().get("/health", route({ tokens: "none" }), (c) => {
  const body: ResponseBody<typeof healthResponse> = {
    ok: true,
    path: c.req.path,
    version,
    model: settingsOf(c.env).MODEL,
  };
  return json(c, body, 200);
});
