import { Hono } from "hono/tiny";
import type { AppEnv } from "../env";
import { MAX_APPEND_BODY } from "../limits";
import { json } from "../middleware/json-response";
import { orThrow } from "../middleware/respond";
import { route } from "../middleware/route";
import { unlessForeign } from "../middleware/scope";
import { validAppend } from "../middleware/valid-append";
import { headersOf, valid } from "../middleware/validation";
import { askRequestOf, callSession } from "../rpc/call-session";
import { readerOf } from "../rpc/call-user";
import { sessionParam } from "../schema/common-schema";
import type { ResponseBody } from "../schema/response-body";
import {
  appendHeaders,
  appendResponse,
  historyQuery,
  historyResponse,
  messageDeleted,
  messageParam,
} from "../schema/session-schema";
import { fingerprintOf } from "../turn/fingerprint";
import { ok } from "../turn/result";
import { toMessage } from "../wire/to-json";
import { CHANGE_FAILURES, type Operations } from "./operation";

export const operations = (): Operations => ({
  "GET /sessions/:sessionId/messages": {
    id: "messages",
    summary: "List the messages of a session",
    description: "Returns a page of the transcript, newest first, or the messages with the given numbers.",
    response: historyResponse,
    postman: [
      { at: 60, name: "Read the history", query: { limit: "10" }, includes: "bees in Lisbon" },
      { at: 450, name: "Read the empty history", includes: '"data":[]' },
    ],
  },
  "POST /sessions/:sessionId/messages": {
    id: "appendMessages",
    summary: "Append messages",
    description:
      "Stores messages of another conversation without asking the model: all of them, or none. With `partial`, stores the valid ones. Send the same `Idempotency-Key` again to store them once.",
    headers: appendHeaders,
    example: { messages: [{ role: "user", name: "Ana", content: "The honey is ripe in July." }] },
    status: 201,
    response: appendResponse,
    failures: [
      "session_queue_full",
      "session_full",
      "older_than_session",
      "turn_cancelled",
      "storage_failed",
      "idempotency_conflict",
      "session_of_another_user",
      "user_unreachable",
      "user_being_deleted",
    ],
    postman: [{ at: 90, name: "Append a message" }],
  },
  "DELETE /sessions/:sessionId/messages/:seq": {
    id: "deleteMessage",
    summary: "Delete an appended message",
    description:
      "Removes it from the session and from the memory of its user. Messages of a turn are deleted with the turn.",
    response: messageDeleted,
    failures: ["message_not_found", "message_of_a_turn", ...CHANGE_FAILURES],
    postman: [
      { at: 92, name: "Delete a message of a turn", status: 409, params: { seq: "1" }, includes: "message_of_a_turn" },
    ],
  },
});

export const routes = new Hono<AppEnv>()
  .get(
    "/sessions/:sessionId/messages",
    route({ tokens: "session" }),
    valid("param", sessionParam),
    valid("query", historyQuery),
    async (c) => {
      const { sessionId } = c.req.valid("param");
      const { seq: seqs, ...page } = c.req.valid("query");
      const result = await callSession(c, sessionId, (stub) =>
        seqs ? stub.pick(seqs, readerOf(c)) : stub.getHistory(page, readerOf(c)),
      );
      const { messages, nextCursor } = orThrow(unlessForeign(result, ok({ messages: [], nextCursor: null })));
      const body: ResponseBody<typeof historyResponse> = { data: messages.map(toMessage), nextCursor };
      return json(c, body, 200);
    },
  )
  .post(
    "/sessions/:sessionId/messages",
    route({ maxBody: MAX_APPEND_BODY }),
    valid("param", sessionParam),
    validAppend,
    async (c) => {
      const { sessionId } = c.req.valid("param");
      const { userId, partial, learn, messages, refused } = c.req.valid("json");
      const { "idempotency-key": key } = headersOf(c, appendHeaders);
      const request = askRequestOf(c, sessionId, userId, {
        learn,
        // Of the body as it was sent: a message without a time gets another one in each request.
        idempotency: key === undefined ? undefined : { key, fingerprint: await fingerprintOf(await c.req.text()) },
      });
      const append = () =>
        callSession(c, sessionId, (stub) => stub.append(messages, request), { retry: key !== undefined });
      const stored = messages.length > 0 ? orThrow(await append()) : { firstSeq: null, lastSeq: null };
      const body: ResponseBody<typeof appendResponse> = {
        sessionId,
        appended: messages.length,
        ...stored,
        ...(partial && { refused }),
      };
      return json(c, body, 201);
    },
  )
  .delete("/sessions/:sessionId/messages/:seq", valid("param", messageParam), async (c) => {
    const { sessionId, seq } = c.req.valid("param");
    orThrow(await callSession(c, sessionId, (stub) => stub.deleteMessage(seq)));
    const body: ResponseBody<typeof messageDeleted> = { ok: true, sessionId, seq };
    return json(c, body, 200);
  });
