import { Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../env";
import { eventStream } from "../middleware/event-stream";
import { respond } from "../middleware/respond";
import { unlessForeign } from "../middleware/scope";
import { headersOf, valid } from "../middleware/validation";
import { callSession } from "../rpc/call-session";
import { readerOf } from "../rpc/call-user";
import { streamHeaders, turnParam, type turnResponse } from "../schema/common-schema";
import { failed } from "../turn/result";
import type { AskForm } from "../wire/ask-events";
import { toTurn } from "../wire/to-json";

/** What the client has of a turn: so many characters of its answer, all of it, or (null) nothing. */
function known(turnId: string, lastEventId: string | undefined): number | "all" | null {
  const [, id, characters, done] = /^(.+?):(\d+)(:done)?$/.exec(lastEventId ?? "") ?? [];
  if (id !== turnId) return null;
  return done === undefined ? Number(characters) : "all";
}

const NOT_FOUND = failed({ reason: "turn_not_found" });

export const turns = new Hono<AppEnv>()
  /** `GET /sessions/:sessionId/turns/:turnId`: a turn, running or over. */
  .get("/sessions/:sessionId/turns/:turnId", valid("param", turnParam), async (c) => {
    const { sessionId, turnId } = c.req.valid("param");
    const found = await callSession(c, sessionId, (stub) => stub.getTurn(turnId, readerOf(c)));
    const turn = unlessForeign(found, NOT_FOUND);
    if (!turn.ok) return respond(c, turn.failure);
    const body: z.input<typeof turnResponse> = toTurn(sessionId, turn.value);
    return c.json(body, 200);
  })
  /**
   * `GET …/stream`: the turn's events from the start, or after `Last-Event-ID`; a turn that is over replays and ends. After
   * the id of `done` or `error`, 204: a browser's EventSource then stops by itself.
   */
  .get("/sessions/:sessionId/turns/:turnId/stream", valid("param", turnParam), async (c) => {
    const { sessionId, turnId } = c.req.valid("param");
    const after = known(turnId, headersOf(c, streamHeaders)["last-event-id"]);
    if (after === "all") return c.body(null, 204);
    const form: AskForm = { name: "ask", sessionId, requestId: c.var.requestId };
    const found = await callSession(c, sessionId, (stub) => stub.follow(turnId, form, after, readerOf(c)));
    const bytes = unlessForeign(found, NOT_FOUND);
    return bytes.ok ? eventStream(c, { bytes: bytes.value, turnId }, form) : respond(c, bytes.failure);
  })
  /** `DELETE /sessions/:sessionId/turns/:turnId`: ends a running turn; what was said so far is kept. */
  .delete("/sessions/:sessionId/turns/:turnId", valid("param", turnParam), async (c) => {
    const { sessionId, turnId } = c.req.valid("param");
    const cancelled = await callSession(c, sessionId, (stub) => stub.cancelTurn(turnId, readerOf(c)));
    const turn = unlessForeign(cancelled, NOT_FOUND);
    if (!turn.ok) return respond(c, turn.failure);
    const body: z.input<typeof turnResponse> = toTurn(sessionId, turn.value);
    return c.json(body, 200);
  });
