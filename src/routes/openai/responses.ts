/** Responses of the OpenAI surface. Each one is stored in a session, which the next one may continue. */
import { type Context, Hono } from "hono";
import type * as z from "zod/mini";
import type { AppEnv } from "../../env";
import { MAX_APPEND_BODY } from "../../limits";
import { json } from "../../middleware/json-response";
import { FailureError, invalid, orThrow } from "../../middleware/respond";
import { route } from "../../middleware/route";
import { valid } from "../../middleware/validation";
import { callSession } from "../../rpc/call-session";
import { turnParam } from "../../schema/common-schema";
import { sessionHeaders } from "../../schema/openai-schema";
import type { ResponseBody } from "../../schema/response-body";
import { deletedResponse, responseParam, responsesRequest, responsesResponse } from "../../schema/responses-schema";
import type { Result } from "../../turn/result";
import { parseOpenaiId, type ResponsesForm, responseOfStored, responseOfTurn } from "../../wire/response-objects";
import { CHANGE_FAILURES, type Operations, TURN_FAILURES } from "../operation";
import { responsesFields, wantedOf } from "./functions";
import {
  answerWith,
  askConversation,
  type Conversation,
  conversationOf,
  questionOf,
  sessionIdOf,
  userIdOf,
} from "./request";

export const operations = (): Operations => ({
  "GET /v1/responses/:responseId": {
    id: "response",
    summary: "Get a response",
    description: "Returns a stored response, also one that runs, was interrupted or cancelled.",
    response: responsesResponse,
    failures: ["response_not_found"],
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
  "POST /v1/responses": {
    id: "responses",
    summary: "Create a response",
    description:
      "Answers like the OpenAI API and stores the response by default. The next request may continue from it by `previous_response_id`, or name a session as `conversation`.",
    headers: sessionHeaders,
    example: { model: "llama", input: "What is my name?" },
    response: responsesResponse,
    events: "Events as the OpenAI API streams responses.",
    failures: [...TURN_FAILURES, "response_not_found", "tool_results_unexpected"],
    postman: [
      {
        at: 220,
        name: "Respond as OpenAI does",
        body: { model: "llama", input: "What is my name?", conversation: "{{sessionId}}" },
        includes: "Ana",
        sets: { responseId: "pm.response.json().id" },
      },
    ],
  },
});

type ResponsesRequest = z.output<typeof responsesRequest>;

/** A session, and the turn in it after which a request continues. */
interface Continuation {
  sessionId: string;
  follows?: string;
}

/** Returns the session and turn of an id. @throws {FailureError} if the id is not one of this Worker's */
function continuationOf(kind: "resp" | "item", id: string): Continuation {
  const place = parseOpenaiId(kind, id);
  if (!place || !turnParam.safeParse(place).success) throw new FailureError({ reason: "response_not_found" });
  return { sessionId: place.sessionId, follows: place.turnId };
}

/** Returns the session and turn that a request continues; undefined if it begins a session. */
function continued(
  c: Context<AppEnv>,
  request: ResponsesRequest,
  { reference }: Conversation,
): Continuation | undefined {
  const { conversation, previous_response_id: previous, metadata } = request;
  const { pinned, named } = sessionIdOf(c, metadata);
  const field = conversation ? "conversation" : "previous_response_id";
  if (conversation && previous) throw invalid("previous_response_id", "cannot be given together with `conversation`");
  const place = conversation
    ? { sessionId: typeof conversation === "string" ? conversation : conversation.id }
    : previous
      ? continuationOf("resp", previous)
      : undefined;
  if (place && pinned !== undefined && pinned !== place.sessionId) {
    throw invalid(field, "names another session than `X-Session-Id`");
  }
  if (place) return place;
  if (named !== undefined) return { sessionId: named };
  return reference === undefined ? undefined : continuationOf("item", reference);
}

/** Returns the turn of a response. */
function turnOfResponse(id: string): Required<Continuation> {
  const { sessionId, follows } = continuationOf("resp", id);
  if (follows === undefined) throw new FailureError({ reason: "response_not_found" });
  return { sessionId, follows };
}

/** Returns the value of a result. @throws {FailureError} with an unknown turn as an unknown response */
function orThrowResponse<T>(result: Result<T>): T {
  if (!result.ok && result.failure.reason === "turn_not_found")
    throw new FailureError({ reason: "response_not_found" });
  return orThrow(result);
}

export const routes = new Hono<AppEnv>()
  .get("/v1/responses/:responseId", valid("param", responseParam), async (c) => {
    const { sessionId, follows } = turnOfResponse(c.req.valid("param").responseId);
    const turn = orThrowResponse(await callSession(c, sessionId, (stub) => stub.getTurn(follows)));
    const body: ResponseBody<typeof responsesResponse> = responseOfStored(sessionId, turn);
    return json(c, body, 200);
  })
  .delete("/v1/responses/:responseId", valid("param", responseParam), async (c) => {
    const { responseId } = c.req.valid("param");
    const { sessionId, follows } = turnOfResponse(responseId);
    orThrowResponse(await callSession(c, sessionId, (stub) => stub.withdrawTurn(follows)));
    const body: ResponseBody<typeof deletedResponse> = { id: responseId, object: "response", deleted: true };
    return json(c, body, 200);
  })
  .post("/v1/responses", route({ maxBody: MAX_APPEND_BODY }), valid("json", responsesRequest), async (c) => {
    const request = c.req.valid("json");
    const { input, store: stored } = request;
    const items = typeof input === "string" ? [{ role: "user" as const, content: input }] : input;
    const conversation = conversationOf(items, "input");
    const continuation = continued(c, request, conversation);
    const store = stored ?? true;
    const sessionId = continuation?.sessionId ?? `resp-${crypto.randomUUID()}`;
    const form: ResponsesForm = {
      name: "responses",
      created: Math.floor(Date.now() / 1000),
      sessionId,
      echo: {
        instructions: request.instructions ?? null,
        max_output_tokens: request.max_output_tokens ?? null,
        temperature: request.temperature ?? null,
        previous_response_id: request.previous_response_id ?? null,
        conversation: request.conversation ? { id: sessionId } : null,
        store,
        given: JSON.stringify({
          tools: request.tools ?? [],
          tool_choice: request.tool_choice ?? "auto",
          parallel_tool_calls: request.parallel_tool_calls ?? true,
          text: { format: request.text?.format ?? { type: "text" } },
        }),
      },
    };
    const system = [request.instructions, conversation.system].filter(Boolean).join("\n\n") || undefined;
    const wanted = wantedOf(
      c,
      {
        tools: request.tools,
        choice: request.tool_choice,
        parallel: request.parallel_tool_calls,
        format: request.text?.format,
      },
      responsesFields,
    );
    const question = { question: conversation.question, system };
    const reply = await askConversation(
      c,
      continuation || store ? sessionId : undefined,
      userIdOf(c, request.metadata),
      request.model,
      {
        input: questionOf(c, question, {
          ...request,
          reasoning_effort: request.reasoning?.effort,
          wanted,
          maxTokens: request.max_output_tokens,
        }),
        before: conversation.before,
        results: conversation.results,
        form: request.stream ? form : undefined,
        follows: continuation?.follows,
        store,
      },
    );
    return answerWith(c, reply, form, ({ turnId, turn }) => {
      const body: ResponseBody<typeof responsesResponse> = responseOfTurn(form, turnId, turn);
      return json(c, body, 200);
    });
  });
