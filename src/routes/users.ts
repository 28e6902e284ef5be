import { type Context, Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../env";
import { respond } from "../middleware/respond";
import { valid } from "../middleware/validation";
import { objectName, objectPrefix } from "../rpc/call-object";
import { callUser } from "../rpc/call-user";
import { searchQuery, searchRequest } from "../schema/session-schema";
import {
  type userDeleted,
  userParam,
  type userSearchResponse,
  userSessionsQuery,
  type userSessionsResponse,
} from "../schema/user-schema";
import { iso, toRecalled } from "../wire/to-json";

/** Calls that delete a user, each some of their sessions, in one request. */
const MOST_CALLS = 40;

async function found(c: Context<AppEnv>, userId: string, { q, limit }: z.output<typeof searchRequest>) {
  const messages = await callUser(c, userId, (stub) => stub.search(q, limit));
  const body: z.input<typeof userSearchResponse> = { data: messages.map((message) => toRecalled("", message)) };
  return body;
}

/** Behind which session a page begins. */
function cursorOf(cursor: string | undefined) {
  const [, lastAt, sessionId = ""] = /^(\d+)~(.+)$/.exec(cursor ?? "") ?? [];
  return lastAt === undefined ? undefined : { lastAt: Number(lastAt), sessionId };
}

export const users = new Hono<AppEnv>()
  /** `GET /users/:userId/sessions`: a page of a user's sessions, those first in which something was said last. */
  .get("/users/:userId/sessions", valid("param", userParam), valid("query", userSessionsQuery), async (c) => {
    const { userId } = c.req.valid("param");
    const { limit, cursor } = c.req.valid("query");
    const listed = await callUser(c, userId, (stub) => stub.sessions(limit, cursorOf(cursor)));
    const last = listed.length === limit ? listed.at(-1) : undefined;
    const body: z.input<typeof userSessionsResponse> = {
      data: listed.map((session) => ({ ...session, firstAt: iso(session.firstAt), lastAt: iso(session.lastAt) })),
      nextCursor: last ? `${last.lastAt}~${last.sessionId}` : null,
    };
    return c.json(body, 200);
  })
  /** `GET /users/:userId/search`: the messages of all their sessions that fit a text best, best first. */
  .get("/users/:userId/search", valid("param", userParam), valid("query", searchQuery), async (c) =>
    c.json(await found(c, c.req.valid("param").userId, c.req.valid("query")), 200),
  )
  /** `POST …/search`: the same, for texts that are not to stand in a URL. */
  .post("/users/:userId/search", valid("param", userParam), valid("json", searchRequest), async (c) =>
    c.json(await found(c, c.req.valid("param").userId, c.req.valid("json")), 200),
  )
  /** `DELETE /users/:userId`: their sessions, what was copied of them, and facts. What breaks off goes on with the next. */
  .delete("/users/:userId", valid("param", userParam), async (c) => {
    const { userId } = c.req.valid("param");
    const names = { object: objectName(c, userId), prefix: objectPrefix(c) };
    for (let calls = 0; calls < MOST_CALLS; calls += 1) {
      const deleted = await callUser(c, userId, (stub) => stub.destroy(names));
      if (!deleted.ok) return respond(c, deleted.failure);
      const { done, sessions, messages, facts } = deleted.value;
      if (!done) continue;
      const body: z.input<typeof userDeleted> = { ok: true, userId, sessions, messages, facts };
      return c.json(body, 200);
    }
    return respond(c, { reason: "user_half_deleted" });
  });
