import { Hono } from "hono";
import type { AppEnv } from "../env";
import { json } from "../middleware/json-response";
import { route } from "../middleware/route";
import { valid } from "../middleware/validation";
import { forkSession } from "../rpc/fork-session";
import { sessionParam } from "../schema/common-schema";
import { forkRequest, forkResponse } from "../schema/fork-schema";
import type { ResponseBody } from "../schema/response-body";
import type { Operations } from "./operation";

export const operations = (): Operations => ({
  "POST /sessions/:sessionId/fork": {
    id: "forkSession",
    summary: "Fork a session",
    description:
      "Creates a session with a copy of the messages before a number, and with the settings. The new session is complete or absent. It belongs to the user of the first one; the user's memory does not store the copied messages again.",
    example: { before: 3 },
    status: 201,
    response: forkResponse,
    failures: [
      "session_empty",
      "session_not_empty",
      "import_interrupted",
      "session_full",
      "session_queue_full",
      "session_of_another_user",
      "user_unreachable",
      "user_being_deleted",
      "storage_failed",
    ],
    postman: [{ at: 194, name: "Fork the session", includes: '"messages":2' }],
  },
});

export const routes = new Hono<AppEnv>().post(
  "/sessions/:sessionId/fork",
  route({ tokens: "user" }),
  valid("param", sessionParam),
  valid("json", forkRequest),
  async (c) => {
    const body: ResponseBody<typeof forkResponse> = await forkSession(
      c,
      c.req.valid("param").sessionId,
      c.req.valid("json"),
    );
    return json(c, body, 201);
  },
);
