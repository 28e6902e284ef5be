/** Responses that were stored: their input, events, cancellation and deletion. */
import { Hono } from "hono/tiny";
import type { AppEnv } from "../../env";
import { eventStream } from "../../middleware/event-stream";
import { json } from "../../middleware/json-response";
import { valid } from "../../middleware/validation";
import { callSession } from "../../rpc/call-session";
import { itemQuery, itemsResponse } from "../../schema/conversation-schema";
import type { ResponseBody } from "../../schema/response-body";
import { deletedResponse, responseParam, responseQuery, responsesResponse } from "../../schema/responses-schema";
import { itemsOf } from "../../wire/conversation-items";
import { responseOfStored, storedForm } from "../../wire/response-objects";
import { CHANGE_FAILURES, type Operations } from "../operation";
import { listOf, orThrowResponse, placeOf } from "./places";

export const operations = (): Operations => ({
  "GET /v1/responses/:responseId": {
    id: "response",
    summary: "Get a response",
    description:
      "Returns a stored response, also one that runs, was interrupted or cancelled. With `stream=true`, sends its events: all, or those after `starting_after`, and then live ones.",
    response: responsesResponse,
    events: "Events as the OpenAI API streams responses.",
    failures: ["response_not_found", "turn_followers_full"],
    postman: [{ at: 230, name: "Get the response", includes: "Ana" }],
  },
  "DELETE /v1/responses/:responseId": {
    id: "deleteResponse",
    summary: "Delete a response",
    description: "Deletes question and answer from the session. Later turns stay.",
    response: deletedResponse,
    failures: ["response_not_found", ...CHANGE_FAILURES],
    postman: [{ at: 240, name: "Delete the response" }],
  },
  "GET /v1/responses/:responseId/input_items": {
    id: "responseInput",
    summary: "List the input of a response",
    description: "Returns the messages that the request added to its session.",
    response: itemsResponse,
    failures: ["response_not_found"],
    postman: [{ at: 232, name: "List its input", includes: "What is my name?" }],
  },
  "POST /v1/responses/:responseId/cancel": {
    id: "cancelResponse",
    summary: "Cancel a response",
    description: "Ends a response that runs and keeps its text. Another one is returned unchanged.",
    response: responsesResponse,
    failures: ["response_not_found", "storage_failed"],
    postman: [{ at: 234, name: "Cancel it after its end", includes: "completed" }],
  },
});

const PATH = "/v1/responses/:responseId";
const param = valid("param", responseParam);

export const routes = new Hono<AppEnv>()
  .get(PATH, param, valid("query", responseQuery), async (c) => {
    const { sessionId, turnId } = placeOf("resp", c.req.valid("param").responseId);
    const { stream, starting_after: after } = c.req.valid("query");
    if (stream === "true") {
      const form = { ...storedForm(sessionId, 0), after };
      const bytes = orThrowResponse(await callSession(c, sessionId, (stub) => stub.follow(turnId, form, null)));
      return eventStream(c, { bytes, turnId }, form);
    }
    const turn = orThrowResponse(await callSession(c, sessionId, (stub) => stub.getTurn(turnId)));
    const body: ResponseBody<typeof responsesResponse> = responseOfStored(sessionId, turn);
    return json(c, body, 200);
  })
  .delete(PATH, param, async (c) => {
    const { responseId } = c.req.valid("param");
    const { sessionId, turnId } = placeOf("resp", responseId);
    orThrowResponse(await callSession(c, sessionId, (stub) => stub.withdrawTurn(turnId)));
    const body: ResponseBody<typeof deletedResponse> = { id: responseId, object: "response", deleted: true };
    return json(c, body, 200);
  })
  .get("/v1/responses/:responseId/input_items", param, valid("query", itemQuery), async (c) => {
    const { sessionId, turnId } = placeOf("resp", c.req.valid("param").responseId);
    const page = c.req.valid("query");
    const messages = orThrowResponse(await callSession(c, sessionId, (stub) => stub.inputOf(turnId)));
    const items = messages.flatMap((message) => itemsOf(sessionId, message));
    const body: ResponseBody<typeof itemsResponse> = listOf(page.order === "asc" ? items : items.reverse(), page);
    return json(c, body, 200);
  })
  .post("/v1/responses/:responseId/cancel", param, async (c) => {
    const { sessionId, turnId } = placeOf("resp", c.req.valid("param").responseId);
    const turn = orThrowResponse(await callSession(c, sessionId, (stub) => stub.cancelTurn(turnId)));
    const body: ResponseBody<typeof responsesResponse> = responseOfStored(sessionId, turn);
    return json(c, body, 200);
  });
