import { Hono } from "hono/tiny";
import type * as z from "zod/mini";
import type { AppEnv } from "../env";
import { MAX_ASK_BODY } from "../limits";
import { answerWith } from "../middleware/answer-with";
import { json } from "../middleware/json-response";
import { prefersEvents } from "../middleware/prefers-events";
import { FailureError, invalid, orThrow } from "../middleware/respond";
import { route } from "../middleware/route";
import { isSessionToken } from "../middleware/scope";
import { headersOf, valid } from "../middleware/validation";
import { askRequestOf, askSession, callSession, modelOf, modelsOf, promptInputOf } from "../rpc/call-session";
import { askHeaders, askRequest, askResponse, resetRequest, resetResponse } from "../schema/ask-schema";
import type { ResponseBody } from "../schema/response-body";
import { fingerprintOf } from "../turn/fingerprint";
import type { Idempotency } from "../turn/types";
import type { AskForm } from "../wire/ask-events";
import { receivedOf } from "../wire/event-id";
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
    failures: [...TURN_FAILURES, "idempotency_conflict", "turn_followers_full", "not_the_last_turn", "turn_not_found"],
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
  { question, maxTokens, temperature, timeZone, replaces, instructions, model }: z.output<typeof askRequest>,
): Promise<Idempotency> {
  // Absent fields are left out, so that keys of earlier versions stay valid.
  const shape: unknown[] = [
    question,
    maxTokens ?? null,
    temperature ?? null,
    ...(timeZone === undefined ? [] : [timeZone]),
  ];
  const added = JSON.stringify({ replaces, instructions, model });
  if (added !== "{}") shape.push(added);
  return { key, fingerprint: await fingerprintOf(JSON.stringify(shape)) };
}

const MODELS_LISTED = "must be a model that `GET /v1/models` lists";

/** Refuses fields that need a stored turn. */
function requireNothingStored(replaces: string | undefined, key: string | undefined): void {
  if (replaces !== undefined) throw invalid("replaces", "cannot be given together with `remember: false`");
  if (key !== undefined) throw invalid("idempotency-key", "cannot be given together with `remember: false`");
}

export const routes = new Hono<AppEnv>()
  .post("/ask", route({ tokens: "session", maxBody: MAX_ASK_BODY }), valid("json", askRequest), async (c) => {
    const request = c.req.valid("json");
    const { accept, "idempotency-key": key, "last-event-id": lastEventId } = headersOf(c, askHeaders);
    const { sessionId, userId, onBusy, replaces, remember, before } = request;
    if (remember === false) requireNothingStored(replaces, key);
    else if (before) throw invalid("before", "needs `remember: false`");
    const streams = request.stream ?? prefersEvents(accept);
    const form: AskForm = { name: "ask", sessionId, requestId: c.var.requestId };
    const { question, maxTokens, temperature, timeZone, instructions, model } = request;
    if ((instructions ?? model) !== undefined && isSessionToken(c)) throw new FailureError({ reason: "forbidden" });
    if (model !== undefined && !modelsOf(c).includes(model)) throw invalid("model", MODELS_LISTED);
    const asked = askRequestOf(c, sessionId, userId, {
      input: promptInputOf(c, { question, maxTokens, temperature, timeZone }, instructions),
      model: modelOf(c, {}, model),
      form: streams ? form : undefined,
      idempotency: key === undefined ? undefined : await idempotencyOf(key, request),
      onBusy,
      received: key === undefined ? undefined : receivedOf(lastEventId),
      replaces,
      store: remember,
      before,
    });
    return answerWith(c, await askSession(c, sessionId, asked), form, ({ turnId, turn, replayed }) => {
      const body: ResponseBody<typeof askResponse> = toAnswer(sessionId, turnId, turn);
      return json(c, body, 200, replayed ? { "idempotency-replayed": "true" } : undefined);
    });
  })
  .post("/reset", valid("json", resetRequest), async (c) => {
    const { sessionId } = c.req.valid("json");
    const { deleted } = orThrow(await callSession(c, sessionId, (stub) => stub.reset()));
    const body: ResponseBody<typeof resetResponse> = { ok: true, sessionId, deleted };
    return json(c, body, 200);
  });
