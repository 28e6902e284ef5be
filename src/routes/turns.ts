import { Hono } from "hono";
import type { AppEnv } from "../env";
import { headersOf, valid } from "../middleware/validation";
import { respond } from "../problem";
import { streamHeaders, turnParam } from "../schema";
import { follow } from "../turn/turn";
import { EVENT_STREAM_HEADERS, eventStream, toServerSentEvent } from "../wire/ask-events";
import { toTurn } from "../wire/json";
import { memoryFor, sessionOf } from "./session";

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
    using turn = await sessionOf(c, sessionId).getTurn(turnId);
    return turn ? c.json(toTurn(sessionId, turn), 200) : respond(c, { reason: "turn_not_found" });
  })
  /** `GET …/stream`: the turn's events from the start, or after `Last-Event-ID`; a turn that is over replays and ends. */
  .get("/sessions/:sessionId/turns/:turnId/stream", valid("param", turnParam), async (c) => {
    const { sessionId, turnId } = c.req.valid("param");
    const after = charactersKnown(turnId, headersOf(c, streamHeaders)["last-event-id"]);
    const result = await follow(memoryFor(c, sessionId), turnId, after);
    if (!result.ok) return respond(c, result.failure);
    const tell = eventStream(result.value.events, (event) =>
      toServerSentEvent(event, turnId, sessionId, c.var.requestId),
    );
    return c.body(tell, 200, EVENT_STREAM_HEADERS);
  })
  /** `DELETE /sessions/:sessionId/turns/:turnId`: ends a running turn; what was said so far is kept. */
  .delete("/sessions/:sessionId/turns/:turnId", valid("param", turnParam), async (c) => {
    const { sessionId, turnId } = c.req.valid("param");
    using turn = await sessionOf(c, sessionId).cancelTurn(turnId);
    return turn ? c.json(toTurn(sessionId, turn), 200) : respond(c, { reason: "turn_not_found" });
  });
