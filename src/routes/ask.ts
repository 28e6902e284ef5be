import { Hono } from "hono/tiny";
import type * as z from "zod/mini";
import type { AppEnv } from "../env";
import { eventStream } from "../middleware/event-stream";
import { json } from "../middleware/json-response";
import { FailureError, orThrow } from "../middleware/respond";
import { route } from "../middleware/route";
import { headersOf, valid } from "../middleware/validation";
import { askRequestOf, askSession, callSession, promptInputOf } from "../rpc/call-session";
import { fingerprintOf } from "../rpc/fingerprint";
import { askHeaders, askRequest, askResponse, resetRequest, resetResponse } from "../schema/ask-schema";
import type { ResponseBody } from "../schema/response-body";
import type { Idempotency } from "../turn/types";
import type { AskForm } from "../wire/ask-events";
import { toAnswer } from "../wire/to-json";
import { CHANGE_FAILURES, type Operations, TURN_EVENTS, TURN_FAILURES } from "./operation";

export const operations = (): Operations => ({
  "POST /ask": {
    id: "ask",
    summary: "Ask a session a question",
    description:
      "Answers with memory of the session, and of the user if one is named, and stores question and answer. Questions to one session run one after the other. Send the same `Idempotency-Key` again to get the same turn.",
    headers: askHeaders,
    example: { sessionId: "a", question: "My name is Ana and I keep bees in Lisbon." },
    response: askResponse,
    events: TURN_EVENTS,
    failures: [...TURN_FAILURES, "idempotency_conflict", "turn_followers_full"],
    postman: [
      {
        at: 40,
        name: "Say something",
        body: { sessionId: "{{sessionId}}", question: "My name is Ana and I keep bees in Lisbon." },
      },
      {
        at: 50,
        name: "Ask about it",
        body: { sessionId: "{{sessionId}}", question: "What is my name?" },
        includes: "Ana",
      },
      {
        at: 160,
        name: "Stream an answer",
        type: "text/event-stream",
        body: { sessionId: "{{sessionId}}", question: "When is the honey ripe?", stream: true },
        includes: "ripe",
        sets: { turnId: '/"turnId":"([^"]+)"/.exec(pm.response.text())[1]' },
      },
      {
        at: 270,
        name: "Forget the question",
        status: 400,
        body: { sessionId: "{{sessionId}}" },
        includes: "invalid_request",
      },
      {
        at: 300,
        name: "Say something as a user",
        body: {
          sessionId: "{{sessionId}}-of-ana",
          userId: "{{userId}}",
          question: "My hives stand under a lime tree.",
        },
      },
      {
        at: 310,
        name: "Ask in another session of that user",
        body: { sessionId: "{{sessionId}}-of-ana-2", userId: "{{userId}}", question: "Where do my hives stand?" },
        includes: "lime tree",
      },
    ],
  },
  "POST /reset": {
    id: "reset",
    summary: "Empty a session",
    description: "Deletes all messages and turns; running turns are cancelled. The session then has no user.",
    example: { sessionId: "a" },
    response: resetResponse,
    failures: CHANGE_FAILURES,
    postman: [{ at: 440, name: "Empty the session", body: { sessionId: "{{sessionId}}" }, includes: '"ok":true' }],
  },
});

/** Returns the key of a request with a fingerprint of all fields that shape its answer, without those that say how it is sent. */
async function idempotencyOf(
  key: string,
  { question, maxTokens, temperature, timeZone }: z.output<typeof askRequest>,
): Promise<Idempotency> {
  const shape = [question, maxTokens ?? null, temperature ?? null, ...(timeZone === undefined ? [] : [timeZone])];
  return { key, fingerprint: await fingerprintOf(JSON.stringify(shape)) };
}

export const routes = new Hono<AppEnv>()
  .post("/ask", route({ tokens: "session" }), valid("json", askRequest), async (c) => {
    const request = c.req.valid("json");
    const { accept, "idempotency-key": key } = headersOf(c, askHeaders);
    const { sessionId, userId, onBusy } = request;
    const streams = request.stream ?? accept?.includes("text/event-stream") ?? false;
    const form: AskForm = { name: "ask", sessionId, requestId: c.var.requestId };
    const { question, maxTokens, temperature, timeZone } = request;
    const asked = askRequestOf(c, sessionId, userId, {
      input: promptInputOf(c, { question, maxTokens, temperature, timeZone }),
      form: streams ? form : undefined,
      idempotency: key === undefined ? undefined : await idempotencyOf(key, request),
      onBusy,
    });
    const reply = await askSession(c, sessionId, asked);
    switch (reply.state) {
      case "failed":
        throw new FailureError(reply.failure);
      case "streaming":
        return eventStream(c, reply, form);
      case "finished": {
        const body: ResponseBody<typeof askResponse> = toAnswer(sessionId, reply.turnId, reply.turn);
        return json(c, body, 200, reply.replayed ? { "idempotency-replayed": "true" } : undefined);
      }
    }
  })
  .post("/reset", valid("json", resetRequest), async (c) => {
    const { sessionId } = c.req.valid("json");
    const { deleted } = orThrow(await callSession(c, sessionId, (stub) => stub.reset()));
    const body: ResponseBody<typeof resetResponse> = { ok: true, sessionId, deleted };
    return json(c, body, 200);
  });
