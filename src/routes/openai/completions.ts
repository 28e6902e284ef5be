/** Models and chat completions of the OpenAI surface. Completions are stateless unless the request names a session. */
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import type { AppEnv } from "../../env";
import { MAX_APPEND_BODY } from "../../limits";
import { priceOf, windowOf } from "../../llm/catalogue";
import { answerWith } from "../../middleware/answer-with";
import { json } from "../../middleware/json-response";
import { FailureError } from "../../middleware/respond";
import { route } from "../../middleware/route";
import { valid } from "../../middleware/validation";
import { modelsOf } from "../../rpc/call-session";
import { chatRequest, chatResponse } from "../../schema/chat-schema";
import { modelParam, modelResponse, modelsResponse, sessionHeaders } from "../../schema/openai-schema";
import type { ResponseBody } from "../../schema/response-body";
import { type ChatForm, chatCompletion } from "../../wire/chat-chunks";
import { type Operations, TURN_FAILURES } from "../operation";
import { chatFields, wantedOf } from "./functions";
import { openWebuiRequest } from "./open-webui-request";
import { askConversation, conversationOf, questionOf, sessionIdOf } from "./request";

export const operations = (): Operations => ({
  "GET /v1/models": {
    id: "models",
    summary: "List the models",
    description: "Returns `MODEL`, `TOOL_MODEL`, `FALLBACK_MODEL` and `MODELS` with window and list price.",
    response: modelsResponse,
    postman: [{ at: 200, name: "List the models", sets: { model: "pm.response.json().data[0].id" } }],
  },
  "GET /v1/models/:model{.+}": {
    id: "model",
    summary: "Get a model",
    description: "Slashes in the id may be escaped or not.",
    response: modelResponse,
    failures: ["model_not_found"],
    postman: [{ at: 250, name: "Get a model" }],
  },
  "POST /v1/chat/completions": {
    id: "chatCompletions",
    summary: "Create a chat completion",
    description:
      "Answers like the OpenAI API, and is stateless like it unless the request names a session: then the session's memory is used, and question and answer are stored.",
    headers: sessionHeaders,
    example: { model: "llama", messages: [{ role: "user", content: "What is my name?" }] },
    response: chatResponse,
    events: "Chunks as the OpenAI API streams them, then `[DONE]`; an error is a chunk with `error`.",
    failures: [...TURN_FAILURES, "tool_results_unexpected"],
    postman: [
      {
        at: 210,
        name: "Chat as with OpenAI",
        headers: { "x-session-id": "{{sessionId}}" },
        includes: "Ana",
      },
    ],
  },
});

/** Returns the models that may answer. */
function listedModels(c: Context<AppEnv>): ResponseBody<typeof modelResponse>[] {
  return modelsOf(c).map((id) => ({
    id,
    object: "model",
    created: 0,
    owned_by: "llamory",
    context_window: windowOf(id) ?? null,
    pricing: priceOf(id) ?? null,
  }));
}

export const routes = new Hono<AppEnv>()
  .get("/v1/models", (c) => {
    const body: ResponseBody<typeof modelsResponse> = { object: "list", data: listedModels(c) };
    return json(c, body, 200);
  })
  .get("/v1/models/:model{.+}", valid("param", modelParam), (c) => {
    const { model } = c.req.valid("param");
    const found = listedModels(c).find(({ id }) => id === model);
    if (!found) throw new FailureError({ reason: "model_not_found" });
    return json(c, found, 200);
  })
  .post("/v1/chat/completions", route({ maxBody: MAX_APPEND_BODY }), valid("json", chatRequest), async (c) => {
    const request = c.req.valid("json");
    const conversation = conversationOf(request.messages, "messages");
    const created = Math.floor(Date.now() / 1000);
    const form: ChatForm = { name: "chat", created, includeUsage: request.stream_options?.include_usage ?? false };
    const tools = request.tools?.map((tool) => tool.function);
    const wanted = wantedOf(c, { ...request, tools, format: request.response_format }, chatFields);
    const { named } = sessionIdOf(c, request.metadata);
    const webui = openWebuiRequest(c, named, request.messages, conversation);
    const sessionId = webui ? webui.sessionId : named;
    const question = { ...conversation, question: webui?.question ?? conversation.question };
    const reply = await askConversation(c, sessionId, request, conversation, {
      input: questionOf(c, question, {
        ...request,
        wanted,
        maxTokens: request.max_completion_tokens ?? request.max_tokens,
      }),
      ...webui?.fields,
      form: request.stream ? form : undefined,
    });
    return answerWith(c, reply, form, ({ turnId, turn }) => {
      const body: ResponseBody<typeof chatResponse> = chatCompletion(turnId, created, turn);
      return json(c, body, 200);
    });
  });
