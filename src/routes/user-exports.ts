import { Hono } from "hono/tiny";
import type { AppEnv } from "../env";
import { json } from "../middleware/json-response";
import { route } from "../middleware/route";
import { valid } from "../middleware/validation";
import { exportUser } from "../rpc/export-user";
import { importUser } from "../rpc/import-user";
import { userExportLine, userExportQuery, userImported } from "../schema/export-schema";
import type { ResponseBody } from "../schema/response-body";
import { userParam } from "../schema/user-schema";
import type { Operations } from "./operation";

/** Returns a stream of parts. Rejects if the first one fails: the response has not begun then. */
async function streamOf(parts: AsyncGenerator<Uint8Array, void>): Promise<ReadableStream<Uint8Array>> {
  let next = await parts.next();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (next.done) return controller.close();
        controller.enqueue(next.value);
        next = await parts.next();
      },
      async cancel() {
        await parts.return();
      },
    },
    { highWaterMark: 0 },
  );
}

export const operations = (): Operations => ({
  "GET /users/:userId/export": {
    id: "exportUser",
    summary: "Export a user",
    description:
      "Returns a page as NDJSON: a head, up to 40 sessions with their ids, and an end that names the next cursor. The last page also has the facts, with all versions and sources.",
    responseLines: userExportLine,
    postman: [
      {
        at: 396,
        name: "Export the user",
        includes: "nextCursor",
        sets: { userLines: "pm.response.text()" },
      },
    ],
  },
  "POST /users/:userId/import": {
    id: "importUser",
    summary: "Import a user",
    description:
      "Takes pages of an export, one or several, up to 500 sessions and 100 MiB. Existing sessions stay as they are: a session whose id is in use gets a new one, and the sources of facts follow it. Facts that the user has are skipped. Each session is stored completely or not at all; if the import fails, the sessions of this request are deleted again. In a later request, send a line `renamed` for each session that got a new id before. No facts are learned from imported sessions.",
    bodyLines: userExportLine,
    status: 201,
    response: userImported,
    failures: [
      "session_not_empty",
      "import_interrupted",
      "session_full",
      "session_queue_full",
      "storage_failed",
      "facts_full",
      "user_unreachable",
      "user_being_deleted",
      "unsupported_media_type",
      "body_too_large",
    ],
    postman: [
      { at: 398, name: "Import it as another user", params: { userId: "{{userId}}-2" }, lines: "{{userLines}}" },
    ],
  },
});

export const routes = new Hono<AppEnv>()
  .get("/users/:userId/export", valid("param", userParam), valid("query", userExportQuery), async (c) => {
    const { userId } = c.req.valid("param");
    const { cursor } = c.req.valid("query");
    return c.body(await streamOf(exportUser(c, userId, cursor)), 200, {
      "content-type": "application/x-ndjson",
      "content-disposition": 'attachment; filename="user.ndjson"',
    });
  })
  .post("/users/:userId/import", route({ maxBody: null }), valid("param", userParam), async (c) => {
    const imported = await importUser(c, c.req.valid("param").userId, c.req.raw.body);
    const body: ResponseBody<typeof userImported> = imported;
    return json(c, body, 201);
  });
