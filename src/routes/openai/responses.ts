/** Responses of the OpenAI surface. Each one is stored in a session, which the next one may continue. */
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import type * as z from "zod/mini";
import type { AppEnv } from "../../env";
import { MAX_APPEND_BODY } from "../../limits";
import { answerWith } from "../../middleware/answer-with";
import { json } from "../../middleware/json-response";
import { invalid } from "../../middleware/respond";
import { route } from "../../middleware/route";
import { valid } from "../../middleware/validation";
import { sessionHeaders } from "../../schema/openai-schema";
import type { ResponseBody } from "../../schema/response-body";
import { responsesRequest, responsesResponse } from "../../schema/responses-schema";
import { settingsOf } from "../../settings";
import { begun, formOf, responseOfTurn } from "../../wire/response-objects";
import { type Operations, TURN_FAILURES } from "../operation";
import { responsesFields, wantedOf } from "./functions";
import { placeOf } from "./places";
import { askConversation, type Conversation, conversationOf, namedModel, questionOf, sessionIdOf } from "./request";

export const operations = (): Operations => ({
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
  follows?: string | undefined;
}

/** Returns the session of an id, and its turn if it names one. */
function continuationOf(kind: "resp" | "item", id: string): Continuation {
  const { sessionId, turnId } = placeOf(kind, id);
  return { sessionId, follows: turnId.startsWith("~") ? undefined : turnId };
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

export const routes = new Hono<AppEnv>().post(
  "/v1/responses",
  route({ maxBody: MAX_APPEND_BODY }),
  valid("json", responsesRequest),
  async (c) => {
    const request = c.req.valid("json");
    const { input } = request;
    const items = typeof input === "string" ? [{ role: "user" as const, content: input }] : input;
    const conversation = conversationOf(items, "input");
    const continuation = continued(c, request, conversation);
    const store = request.store ?? true;
    const background = request.background === true;
    if (background && !store) throw invalid("background", "needs `store`");
    // A continued answer is stored only at its end, so the id would not be found until then.
    if (background && conversation.question === "" && conversation.results.length === 0)
      throw invalid("background", "needs a user message, or results of function calls, at the end of `input`");
    const sessionId = continuation?.sessionId ?? `resp-${crypto.randomUUID()}`;
    const form = formOf(request, sessionId, Date.now());
    const system = [request.instructions, conversation.system].filter(Boolean).join("\n\n") || undefined;
    const wanted = wantedOf(c, { ...request, format: request.text?.format }, responsesFields);
    const question = { ...conversation, system };
    const reply = await askConversation(c, continuation || store ? sessionId : undefined, request, conversation, {
      input: questionOf(c, question, {
        ...request,
        reasoning_effort: request.reasoning?.effort,
        wanted,
        maxTokens: request.max_output_tokens,
      }),
      form: request.stream || background ? form : undefined,
      background: background && !request.stream,
      follows: continuation?.follows,
      store,
    });
    if (background && !request.stream && reply.state === "streaming") {
      await reply.bytes.cancel();
      const model = namedModel(c, request.model) ?? settingsOf(c.env).MODEL;
      const body: ResponseBody<typeof responsesResponse> = begun(form, reply.turnId, model);
      return json(c, body, 200);
    }
    return answerWith(c, reply, form, ({ turnId, turn }) => {
      const body: ResponseBody<typeof responsesResponse> = responseOfTurn(form, turnId, turn);
      return json(c, body, 200);
    });
  },
);
