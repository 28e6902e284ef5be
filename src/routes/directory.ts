import { Hono } from "hono/tiny";
import type { AppEnv } from "../env";
import { json } from "../middleware/json-response";
import { valid } from "../middleware/validation";
import { callTenant } from "../rpc/call-tenant";
import { directoryQuery, directorySessions, directoryUsers } from "../schema/directory-schema";
import type { ResponseBody } from "../schema/response-body";
import { cursorOf, nextCursorOf } from "../wire/page-cursor";
import { iso } from "../wire/to-json";
import type { Operations } from "./operation";

export const operations = (): Operations => ({
  "GET /sessions": {
    id: "sessions",
    summary: "List all sessions",
    description:
      "Returns a page of the tenant's sessions, sorted by the time of the last message, newest first. A new session is listed within a minute. Counts and times are up to an hour old; new titles and deletions are listed at once. Sessions that exist only for a response of the OpenAI surface are left out.",
    response: directorySessions,
    failures: ["directory_off"],
    postman: [{ at: 392, name: "List all sessions" }],
  },
  "GET /users": {
    id: "users",
    summary: "List all users",
    description:
      "Returns a page of the tenant's users with sessions, sorted by the time of their last message, newest first.",
    response: directoryUsers,
    failures: ["directory_off"],
    postman: [{ at: 394, name: "List all users" }],
  },
});

export const routes = new Hono<AppEnv>()
  .get("/sessions", valid("query", directoryQuery), async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const listed = await callTenant(c, (stub) => stub.sessions(limit, cursorOf(cursor)));
    const body: ResponseBody<typeof directorySessions> = {
      data: listed.map(({ userId, firstAt, lastAt, ...session }) => ({
        ...session,
        ...(userId !== null && { userId }),
        firstAt: iso(firstAt),
        lastAt: iso(lastAt),
      })),
      nextCursor: nextCursorOf(listed, limit, ({ sessionId }) => sessionId),
    };
    return json(c, body, 200);
  })
  .get("/users", valid("query", directoryQuery), async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const listed = await callTenant(c, (stub) => stub.users(limit, cursorOf(cursor)));
    const body: ResponseBody<typeof directoryUsers> = {
      data: listed.map((user) => ({ ...user, lastAt: iso(user.lastAt) })),
      nextCursor: nextCursorOf(listed, limit, ({ userId }) => userId),
    };
    return json(c, body, 200);
  });
