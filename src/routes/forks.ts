import { Hono } from "hono";
import type { AppEnv } from "../env";
import { json } from "../middleware/json-response";
import { FailureError, orThrow } from "../middleware/respond";
import { route } from "../middleware/route";
import { unlessForeign } from "../middleware/scope";
import { valid } from "../middleware/validation";
import { objectPrefix } from "../rpc/call-object";
import { askRequestOf, callSession } from "../rpc/call-session";
import { readerOf } from "../rpc/call-user";
import { dropImport, fillImport } from "../rpc/fill-import";
import { sessionParam } from "../schema/common-schema";
import { forkRequest, forkResponse } from "../schema/fork-schema";
import type { ResponseBody } from "../schema/response-body";
import { failed } from "../turn/result";
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

const EMPTY = failed({ reason: "session_empty" });

export const routes = new Hono<AppEnv>().post(
  "/sessions/:sessionId/fork",
  route({ tokens: "user" }),
  valid("param", sessionParam),
  valid("json", forkRequest),
  async (c) => {
    const { sessionId: from } = c.req.valid("param");
    const { before, sessionId = crypto.randomUUID(), userId } = c.req.valid("json");
    const found = await callSession(c, from, (stub) => stub.forkSource(readerOf(c)));
    const { user, messages: total, ...settings } = orThrow(unlessForeign(found, EMPTY));
    if (total === 0) throw new FailureError({ reason: "session_empty" });
    const owner = user === undefined ? userId : user.slice(objectPrefix(c).length);
    if (userId !== undefined && userId !== owner) throw new FailureError({ reason: "session_of_another_user" });
    const request = askRequestOf(c, sessionId, owner);
    const id = orThrow(await callSession(c, sessionId, (stub) => stub.beginFork(request)));
    try {
      const lines = await callSession(c, from, (stub) => stub.export(before));
      const title = await fillImport(c, sessionId, id, lines).catch((error: unknown) => {
        // The lines are Llamory's own: an invalid one means that the first session was emptied or lost.
        const isCut = !(error instanceof FailureError) || error.failure.reason === "invalid_request";
        throw isCut ? new FailureError({ reason: "import_interrupted" }) : error;
      });
      const source = { ...settings, title, isCopy: user !== undefined };
      const finish = callSession(c, sessionId, (stub) => stub.finishFork(id, request, source), { retry: false });
      const { messages } = orThrow(await finish);
      const forkedFrom = { sessionId: from, before: before ?? null };
      const body: ResponseBody<typeof forkResponse> = { sessionId, forkedFrom, messages };
      return json(c, body, 201);
    } catch (error) {
      await dropImport(c, sessionId, id);
      throw error;
    }
  },
);
