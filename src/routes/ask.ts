import { Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../env";
import { headersOf, valid } from "../middleware/validation";
import { respond } from "../problem";
import { askHeaders, askRequest, resetRequest, type resetResponse } from "../schema";
import type { Idempotency } from "../turn/types";
import { EVENT_STREAM_HEADERS, eventStream, toServerSentEvent } from "../wire/ask-events";
import { toAnswer } from "../wire/json";
import { answered, askOf, memoryFor, modelFor, sessionOf, streamed } from "./session";

/** What makes two requests with one key the same: all that shapes the answer, but not how it is sent. */
async function idempotencyOf(
  key: string | undefined,
  { question, maxTokens, temperature }: z.output<typeof askRequest>,
): Promise<Idempotency | undefined> {
  if (key === undefined) return undefined;
  const bytes = new TextEncoder().encode(JSON.stringify([question, maxTokens ?? null, temperature ?? null]));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return { key, fingerprint: btoa(String.fromCharCode(...new Uint8Array(digest))) };
}

const replay = (replayed: boolean) => (replayed ? { "idempotency-replayed": "true" } : undefined);

export const ask = new Hono<AppEnv>()
  /** `POST /ask`: one question to a session; the answer as JSON, remembered when it is sent, or as a stream of events. */
  .post("/ask", valid("json", askRequest), async (c) => {
    const request = c.req.valid("json");
    const { accept, "idempotency-key": key } = headersOf(c, askHeaders);
    const { sessionId } = request;
    const session = memoryFor(c, sessionId);
    const model = modelFor(c, sessionId);
    const question = {
      ...askOf(c, request),
      onBusy: request.onBusy,
      idempotency: await idempotencyOf(key, request),
    };
    if (request.stream ?? accept?.includes("text/event-stream")) {
      const result = await streamed(c, session, model, question);
      if (!result.ok) return respond(c, result.failure);
      const { events, turnId, replayed } = result.value;
      const body = eventStream(events, (event) => toServerSentEvent(event, turnId, sessionId, c.var.requestId));
      return c.body(body, 200, { ...EVENT_STREAM_HEADERS, ...replay(replayed) });
    }
    const result = await answered(c, session, model, question);
    if (!result.ok) return respond(c, result.failure);
    return c.json(toAnswer(sessionId, result.value), 200, replay(result.value.replayed));
  })
  /** `POST /reset`: empties a session. */
  .post("/reset", valid("json", resetRequest), async (c) => {
    const { sessionId } = c.req.valid("json");
    const { deleted } = await sessionOf(c, sessionId).reset();
    const body: z.input<typeof resetResponse> = { ok: true, sessionId, deleted };
    return c.json(body, 200);
  });
