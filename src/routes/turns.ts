import { Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../env";
import { respond } from "../middleware/respond";
import { headersOf, valid } from "../middleware/validation";
import { streamHeaders, turnParam, type turnResponse } from "../schema";
import type { AskForm } from "../wire/ask-events";
import { toTurn } from "../wire/json";
import { eventStream } from "./event-stream";
import { callSession } from "./session";

/** How many characters of a turn's answer the client has; null for a turn of which it has nothing. */
function charactersKnown(turnId: string, lastEventId: string | undefined): number | null {
  const colon = lastEventId?.lastIndexOf(":") ?? -1;
  return lastEventId !== undefined && lastEventId.slice(0, colon) === turnId
    ? Number(lastEventId.slice(colon + 1))
    : null;
}

export const turns = new Hono<AppEnv>()
  /** `GET /sessions/:sessionId/turns/:turnId`: a turn, running or over. */
  .get("/sessions/:sessionId/turns/:turnId", valid("param", turnParam), async (c) => {
    const { sessionId, turnId } = c.req.valid("param");
    const turn = await callSession(c, sessionId, (stub) => stub.getTurn(turnId));
    if (!turn) return respond(c, { reason: "turn_not_found" });
    const body: z.input<typeof turnResponse> = toTurn(sessionId, turn);
    return c.json(body, 200);
  })
  /** `GET …/stream`: the turn's events from the start, or after `Last-Event-ID`; a turn that is over replays and ends. */
  .get("/sessions/:sessionId/turns/:turnId/stream", valid("param", turnParam), async (c) => {
    const { sessionId, turnId } = c.req.valid("param");
    const after = charactersKnown(turnId, headersOf(c, streamHeaders)["last-event-id"]);
    const form: AskForm = { name: "ask", sessionId, requestId: c.var.requestId };
    const bytes = await callSession(c, sessionId, (stub) => stub.follow(turnId, form, after));
    return bytes ? eventStream(c, { bytes, turnId }, form) : respond(c, { reason: "turn_not_found" });
  })
  /** `DELETE /sessions/:sessionId/turns/:turnId`: ends a running turn; what was said so far is kept. */
  .delete("/sessions/:sessionId/turns/:turnId", valid("param", turnParam), async (c) => {
    const { sessionId, turnId } = c.req.valid("param");
    const turn = await callSession(c, sessionId, (stub) => stub.cancelTurn(turnId));
    if (!turn.ok) return respond(c, turn.failure);
    const body: z.input<typeof turnResponse> = toTurn(sessionId, turn.value);
    return c.json(body, 200);
  });
