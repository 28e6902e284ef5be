import { Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../env";
import { orThrow } from "../middleware/respond";
import { valid } from "../middleware/validation";
import { askingOf, callSession, limitsOf } from "../rpc/call-session";
import { sessionParam } from "../schema/common-schema";
import { badLine, batchesOf } from "../schema/import-lines";
import type { importResponse } from "../schema/session-schema";

export const exports = new Hono<AppEnv>()
  /** `GET /sessions/:sessionId/export`: the session as lines of JSON that name no session; without a turn that runs. */
  .get("/sessions/:sessionId/export", valid("param", sessionParam), async (c) => {
    const lines = await callSession(c, c.req.valid("param").sessionId, (stub) => stub.export());
    return c.body(lines, 200, {
      "content-type": "application/x-ndjson",
      "content-disposition": 'attachment; filename="session.ndjson"',
    });
  })
  /** `POST …/import`: what an export wrote, into an empty session: all of it, in one transaction, or nothing. */
  .post("/sessions/:sessionId/import", valid("param", sessionParam), async (c) => {
    const { sessionId } = c.req.valid("param");
    const id = orThrow(await callSession(c, sessionId, (stub) => stub.beginImport()));
    try {
      let title: string | undefined;
      for await (const { entries, lines, ...batch } of batchesOf(c.req.raw.body)) {
        title ??= batch.title;
        const add = callSession(c, sessionId, (stub) => stub.addToImport(id, entries, limitsOf(c)), "once");
        const repeated = orThrow(await add);
        if (repeated === null) continue;
        throw badLine(lines[repeated] ?? 0, "there is a turn with this id before it", ["turn", "id"]);
      }
      const asking = askingOf(c, sessionId, undefined);
      const finish = callSession(c, sessionId, (stub) => stub.finishImport(id, asking, title), "once");
      const { messages } = orThrow(await finish);
      const body: z.input<typeof importResponse> = { sessionId, messages };
      return c.json(body, 201);
    } catch (error) {
      // Where even this fails, the object drops it when it wakes.
      await callSession(c, sessionId, (stub) => stub.cancelImport(id)).catch(() => {});
      throw error;
    }
  });
