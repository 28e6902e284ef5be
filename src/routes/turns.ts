import { Hono } from "hono/tiny";
import type { AppEnv } from "../env";
import { eventStream } from "../middleware/event-stream";
import { json } from "../middleware/json-response";
import { orThrow } from "../middleware/respond";
import { route } from "../middleware/route";
import { unlessForeign } from "../middleware/scope";
import { headersOf, valid } from "../middleware/validation";
import { askRequestOf, callSession } from "../rpc/call-session";
import { readerOf } from "../rpc/call-user";
import { followQuery, streamHeaders, turnDeleted, turnResponse } from "../schema/ask-schema";
import { turnParam } from "../schema/common-schema";
import type { ResponseBody } from "../schema/response-body";
import { promptResponse } from "../schema/search-schema";
import { failed } from "../turn/result";
import type { AskForm } from "../wire/ask-events";
import { receivedOf } from "../wire/event-id";
import { toTurn } from "../wire/to-json";
import { CHANGE_FAILURES, type Operations, TURN_EVENTS } from "./operation";

export const operations = (): Operations => ({
  "GET /sessions/:sessionId/turns/:turnId": {
    id: "turn",
    summary: "Get a turn",
    description: "Returns the question, and the answer or as much of it as was saved. Works while the turn runs.",
    response: turnResponse,
    failures: ["turn_not_found"],
    postman: [
      { at: 170, name: "Get the turn", includes: "complete" },
      {
        at: 280,
        name: "Get an unknown turn",
        status: 404,
        params: { turnId: "unknown" },
        includes: "turn_not_found",
      },
    ],
  },
  "GET /sessions/:sessionId/turns/:turnId/stream": {
    id: "followTurn",
    summary: "Follow a turn",
    description:
      "Sends the turn's events from its start, or after `Last-Event-ID`, and then live. A finished turn is replayed. A turn has up to 64 followers at once.",
    headers: streamHeaders,
    query: followQuery(),
    events: TURN_EVENTS,
    empty: {
      204: "`Last-Event-ID` is the turn's last event: nothing is left to send, and an EventSource stops reconnecting.",
    },
    failures: ["turn_not_found", "turn_followers_full"],
    postman: [{ at: 180, name: "Replay its stream", type: "text/event-stream", includes: "event: done" }],
  },
  "GET /sessions/:sessionId/turns/:turnId/prompt": {
    id: "turnPrompt",
    summary: "Get the prompt of a turn",
    description:
      "Rebuilds the prompt from the messages before the turn, the present settings and the present memory of the user. `exact` says whether the model received this text: it is false if the prompt's sources were deleted or changed since.",
    response: promptResponse,
    failures: ["turn_not_found", "prompt_too_long"],
    postman: [{ at: 185, name: "Get its prompt", includes: "When is the honey ripe?" }],
  },
  "POST /sessions/:sessionId/turns/:turnId/cancel": {
    id: "cancelTurn",
    summary: "Cancel a turn",
    description: "Ends a running turn and keeps its text. A finished turn is returned unchanged.",
    response: turnResponse,
    failures: ["turn_not_found", "storage_failed"],
    postman: [{ at: 190, name: "Cancel it after its end", includes: "complete" }],
  },
  "DELETE /sessions/:sessionId/turns/:turnId": {
    id: "deleteTurn",
    summary: "Delete a turn",
    description:
      "Removes question and answer from the session, from the memory of its user and from the facts learned from them. A running turn is ended first. Later turns stay.",
    response: turnDeleted,
    failures: ["turn_not_found", ...CHANGE_FAILURES],
    postman: [{ at: 192, name: "Delete it", includes: '"deleted":2' }],
  },
});

const NOT_FOUND = failed({ reason: "turn_not_found" });
/** Stands for the session's own user, which its object knows. */
const ANY_USER = "-";
const sessionTokens = route({ tokens: "session" });

export const routes = new Hono<AppEnv>()
  .get("/sessions/:sessionId/turns/:turnId", sessionTokens, valid("param", turnParam), async (c) => {
    const { sessionId, turnId } = c.req.valid("param");
    const found = await callSession(c, sessionId, (stub) => stub.getTurn(turnId, readerOf(c)));
    const turn = orThrow(unlessForeign(found, NOT_FOUND));
    const body: ResponseBody<typeof turnResponse> = toTurn(sessionId, turn);
    return json(c, body, 200);
  })
  .get(
    "/sessions/:sessionId/turns/:turnId/stream",
    route({ tokens: "session", queryToken: true }),
    valid("param", turnParam),
    async (c) => {
      const { sessionId, turnId } = c.req.valid("param");
      const received = receivedOf(headersOf(c, streamHeaders)["last-event-id"]);
      const after = received?.turnId === turnId ? received.characters : null;
      if (after === Number.POSITIVE_INFINITY) return c.body(null, 204);
      const form: AskForm = { name: "ask", sessionId, requestId: c.var.requestId };
      const found = await callSession(c, sessionId, (stub) => stub.follow(turnId, form, after, readerOf(c)));
      return eventStream(c, { bytes: orThrow(unlessForeign(found, NOT_FOUND)), turnId }, form);
    },
  )
  .get("/sessions/:sessionId/turns/:turnId/prompt", valid("param", turnParam), async (c) => {
    const { sessionId, turnId } = c.req.valid("param");
    const request = askRequestOf(c, sessionId, ANY_USER);
    const body: ResponseBody<typeof promptResponse> = orThrow(
      await callSession(c, sessionId, (stub) => stub.prompt(turnId, request)),
    );
    return json(c, body, 200);
  })
  .delete("/sessions/:sessionId/turns/:turnId", route({ tokens: "user" }), valid("param", turnParam), async (c) => {
    const { sessionId, turnId } = c.req.valid("param");
    const withdrawn = await callSession(c, sessionId, (stub) => stub.withdrawTurn(turnId, readerOf(c)));
    const { deleted } = orThrow(unlessForeign(withdrawn, NOT_FOUND));
    const body: ResponseBody<typeof turnDeleted> = { ok: true, sessionId, turnId, deleted };
    return json(c, body, 200);
  })
  .post("/sessions/:sessionId/turns/:turnId/cancel", sessionTokens, valid("param", turnParam), async (c) => {
    const { sessionId, turnId } = c.req.valid("param");
    const cancelled = await callSession(c, sessionId, (stub) => stub.cancelTurn(turnId, readerOf(c)));
    const turn = orThrow(unlessForeign(cancelled, NOT_FOUND));
    const body: ResponseBody<typeof turnResponse> = toTurn(sessionId, turn);
    return json(c, body, 200);
  });
