import { Hono } from "hono/tiny";
import type { AppEnv } from "../env";
import { json } from "../middleware/json-response";
import { orThrow } from "../middleware/respond";
import { route } from "../middleware/route";
import { valid } from "../middleware/validation";
import { askRequestOf, callSession } from "../rpc/call-session";
import { dropImport, fillImport } from "../rpc/fill-import";
import { sessionParam } from "../schema/common-schema";
import { exportLine, importQuery, importResponse } from "../schema/export-schema";
import { batchesOf } from "../schema/import-lines";
import type { ResponseBody } from "../schema/response-body";
import type { Operations } from "./operation";

export const operations = (): Operations => ({
  "GET /sessions/:sessionId/export": {
    id: "exportSession",
    summary: "Export a session",
    description:
      "Returns NDJSON: a head, all messages and turns in order, and an end. It contains neither the session's id nor its user. A running turn is left out.",
    responseLines: exportLine,
    postman: [
      {
        at: 130,
        name: "Export the session",
        includes: "ripe in July",
        sets: { lines: "pm.response.text()" },
      },
    ],
  },
  "POST /sessions/:sessionId/import": {
    id: "importSession",
    summary: "Import a session",
    description:
      "Takes an export of up to 100 MiB. The session must be empty. Everything is stored in one transaction, or nothing. An error names the line. With `userId`, the session belongs to that user.",
    bodyLines: exportLine,
    status: 201,
    response: importResponse,
    failures: [
      "session_not_empty",
      "import_interrupted",
      "session_full",
      "session_queue_full",
      "storage_failed",
      "user_unreachable",
      "user_being_deleted",
      "unsupported_media_type",
      "body_too_large",
    ],
    postman: [
      {
        at: 150,
        name: "Import it into another session",
        params: { sessionId: "{{sessionId}}-2" },
        lines: "{{lines}}",
      },
    ],
  },
});

export const routes = new Hono<AppEnv>()
  .get("/sessions/:sessionId/export", valid("param", sessionParam), async (c) => {
    const lines = await callSession(c, c.req.valid("param").sessionId, (stub) => stub.export());
    return c.body(lines, 200, {
      "content-type": "application/x-ndjson",
      "content-disposition": 'attachment; filename="session.ndjson"',
    });
  })
  .post(
    "/sessions/:sessionId/import",
    route({ maxBody: null }),
    valid("param", sessionParam),
    valid("query", importQuery),
    async (c) => {
      const { sessionId } = c.req.valid("param");
      const { userId, learn } = c.req.valid("query");
      const request = askRequestOf(c, sessionId, userId);
      const id = orThrow(await callSession(c, sessionId, (stub) => stub.beginImport(request)));
      try {
        const title = await fillImport(c, sessionId, id, batchesOf(c.req.raw.body));
        const source = { title, learn: learn === "true" || undefined };
        const finish = callSession(c, sessionId, (stub) => stub.finishImport(id, request, source), { retry: false });
        const { messages } = orThrow(await finish);
        const body: ResponseBody<typeof importResponse> = { sessionId, messages };
        return json(c, body, 201);
      } catch (error) {
        await dropImport(c, sessionId, id);
        throw error;
      }
    },
  );
