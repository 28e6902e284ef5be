import type { Context } from "hono";
import { Hono } from "hono/tiny";
import type * as z from "zod/mini";
import type { AppEnv } from "../env";
import { json } from "../middleware/json-response";
import { FailureError, invalid, orThrow } from "../middleware/respond";
import { route } from "../middleware/route";
import { valid } from "../middleware/validation";
import { objectName, objectPrefix } from "../rpc/call-object";
import { embeddingOf } from "../rpc/call-session";
import { callUser } from "../rpc/call-user";
import { mergeUsers } from "../rpc/merge-users";
import type { ResponseBody } from "../schema/response-body";
import { userSearchQuery, userSearchRequest, userSearchResponse } from "../schema/search-schema";
import {
  userDeleted,
  userMerge,
  userMerged,
  userParam,
  userSessionsQuery,
  userSessionsResponse,
} from "../schema/user-schema";
import { settingsOf } from "../settings";
import { cursorOf, nextCursorOf } from "../wire/page-cursor";
import { iso, toFact, toRecalled } from "../wire/to-json";
import type { Operations } from "./operation";

export const operations = (): Operations => ({
  "GET /users/:userId/sessions": {
    id: "userSessions",
    summary: "List the sessions of a user",
    description: "Returns a page, sorted by the time of the last message, newest first.",
    response: userSessionsResponse,
    postman: [{ at: 320, name: "List the user's sessions", includes: "My hives stand" }],
  },
  "GET /users/:userId/search": {
    id: "searchUser",
    summary: "Search all sessions of a user",
    description:
      "Returns the messages that match a text best, best first, with their sessions, and the facts that match it.",
    response: userSearchResponse,
    postman: [{ at: 330, name: "Search all of them", query: { q: "lime tree" }, includes: "-of-ana" }],
  },
  "POST /users/:userId/search": {
    id: "searchUserByPost",
    summary: "Search all sessions of a user with the text in the body",
    description: "Finds the same as `GET`. URLs appear in the logs of proxies; bodies do not.",
    example: { q: "honey" },
    response: userSearchResponse,
    postman: [{ at: 340, name: "Search with the text in the body", body: { q: "lime tree" }, includes: "-of-ana" }],
  },
  "POST /users/:userId/merge": {
    id: "mergeUsers",
    summary: "Merge another user into a user",
    description:
      "Moves up to 40 sessions of the other user, and after the last one the facts, with their versions and sources. A fact that both have is stored once. Nothing is learned again. If `done` is false, or the request fails halfway, repeat it.",
    example: { from: "ana-phone" },
    response: userMerged,
    failures: [
      "facts_full",
      "session_queue_full",
      "turn_cancelled",
      "storage_failed",
      "user_unreachable",
      "user_being_deleted",
    ],
    postman: [{ at: 399, name: "Merge another user into the user" }],
  },
  "DELETE /users/:userId": {
    id: "deleteUser",
    summary: "Delete a user",
    description:
      "Deletes all sessions of the user, the copies of their messages, and the facts. If it fails halfway, send it again to delete the rest.",
    response: userDeleted,
    failures: ["user_half_deleted", "storage_failed"],
    postman: [
      { at: 400, name: "Delete the user", includes: '"sessions":2' },
      { at: 402, name: "Delete the imported user", params: { userId: "{{userId}}-2" } },
    ],
  },
});

/** The most calls of the user's object in one request. Each deletes a part of the sessions; a Worker may make 50 subrequests. */
const MOST_CALLS = 40;

async function search(
  c: Context<AppEnv>,
  userId: string,
  { q, limit, timeZone = settingsOf(c.env).TIME_ZONE }: z.output<typeof userSearchRequest>,
) {
  const { messages, facts } = await callUser(c, userId, (stub) => stub.searchAll(q, limit, timeZone, embeddingOf(c)));
  const body: ResponseBody<typeof userSearchResponse> = {
    data: messages.map((message) => toRecalled("", message)),
    ...(facts.length > 0 && { facts: facts.map(toFact) }),
  };
  return body;
}

const userTokens = route({ tokens: "user" });

export const routes = new Hono<AppEnv>()
  .get(
    "/users/:userId/sessions",
    userTokens,
    valid("param", userParam),
    valid("query", userSessionsQuery),
    async (c) => {
      const { userId } = c.req.valid("param");
      const { limit, cursor } = c.req.valid("query");
      const { lastAt, id: sessionId } = cursorOf(cursor);
      const listed = await callUser(c, userId, (stub) => stub.sessions(limit, { lastAt, sessionId }));
      const body: ResponseBody<typeof userSessionsResponse> = {
        data: listed.map((session) => ({ ...session, firstAt: iso(session.firstAt), lastAt: iso(session.lastAt) })),
        nextCursor: nextCursorOf(listed, limit, ({ sessionId }) => sessionId),
      };
      return json(c, body, 200);
    },
  )
  .get("/users/:userId/search", userTokens, valid("param", userParam), valid("query", userSearchQuery), async (c) =>
    json(c, await search(c, c.req.valid("param").userId, c.req.valid("query")), 200),
  )
  .post("/users/:userId/search", userTokens, valid("param", userParam), valid("json", userSearchRequest), async (c) =>
    json(c, await search(c, c.req.valid("param").userId, c.req.valid("json")), 200),
  )
  .post("/users/:userId/merge", valid("param", userParam), valid("json", userMerge), async (c) => {
    const { userId } = c.req.valid("param");
    const { from } = c.req.valid("json");
    if (from === userId) throw invalid("from", "must be another user");
    const body: ResponseBody<typeof userMerged> = { ok: true, userId, ...(await mergeUsers(c, userId, from)) };
    return json(c, body, 200);
  })
  .delete("/users/:userId", valid("param", userParam), async (c) => {
    const { userId } = c.req.valid("param");
    const names = { object: objectName(c, userId), prefix: objectPrefix(c) };
    for (let calls = 0; calls < MOST_CALLS; calls += 1) {
      const { done, ...deleted } = orThrow(await callUser(c, userId, (stub) => stub.destroy(names)));
      if (!done) continue;
      const body: ResponseBody<typeof userDeleted> = { ok: true, userId, ...deleted };
      return json(c, body, 200);
    }
    throw new FailureError({ reason: "user_half_deleted" });
  });
