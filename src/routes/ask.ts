import { Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../env";
import { eventStream } from "../middleware/event-stream";
import { orThrow, respond } from "../middleware/respond";
import { headersOf, valid } from "../middleware/validation";
import { askOf, askSession, callSession } from "../rpc/call-session";
import { askHeaders, askRequest, type askResponse, resetRequest, type resetResponse } from "../schema/common-schema";
import type { Idempotency } from "../turn/types";
import type { AskForm } from "../wire/ask-events";
import { toAnswer } from "../wire/to-json";

/** What makes two requests with one key the same: all that shapes the answer, but not how it is sent. */
async function idempotencyOf(
  key: string,
  { question, maxTokens, temperature, timeZone }: z.output<typeof askRequest>,
): Promise<Idempotency> {
  const shape = [question, maxTokens ?? null, temperature ?? null, ...(timeZone === undefined ? [] : [timeZone])];
  const bytes = new TextEncoder().encode(JSON.stringify(shape));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return { key, fingerprint: btoa(String.fromCharCode(...new Uint8Array(digest))) };
}

export const ask = new Hono<AppEnv>()
  /** `POST /ask`: one question to a session; the answer as JSON, remembered when it is sent, or as a stream of events. */
  .post("/ask", valid("json", askRequest), async (c) => {
    const request = c.req.valid("json");
    const { accept, "idempotency-key": key } = headersOf(c, askHeaders);
    const { sessionId, userId, onBusy } = request;
    const streams = request.stream ?? accept?.includes("text/event-stream") ?? false;
    const form: AskForm = { name: "ask", sessionId, requestId: c.var.requestId };
    const asked = {
      ask: askOf(c, request),
      form: streams ? form : undefined,
      idempotency: key === undefined ? undefined : await idempotencyOf(key, request),
      onBusy,
    };
    const reply = await askSession(c, sessionId, asked, userId);
    switch (reply.state) {
      case "failed":
        return respond(c, reply.failure);
      case "streaming":
        return eventStream(c, reply, form);
      case "finished": {
        const body: z.input<typeof askResponse> = toAnswer(sessionId, reply.turnId, reply.turn);
        return c.json(body, 200, reply.replayed ? { "idempotency-replayed": "true" } : undefined);
      }
    }
  })
  /** `POST /reset`: empties a session. */
  .post("/reset", valid("json", resetRequest), async (c) => {
    const { sessionId } = c.req.valid("json");
    const { deleted } = orThrow(await callSession(c, sessionId, (stub) => stub.reset()));
    const body: z.input<typeof resetResponse> = { ok: true, sessionId, deleted };
    return c.json(body, 200);
  });
