/** Models and chat completions of the OpenAI surface. Completions are stateless unless the request names a session. */
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import type { AppEnv } from "../../env";
import { priceOf, windowOf } from "../../llm/catalogue";
import { json } from "../../middleware/json-response";
import { FailureError } from "../../middleware/respond";
import { valid } from "../../middleware/validation";
import { chatRequest, chatResponse } from "../../schema/chat-schema";
import { modelParam, modelResponse, modelsResponse, sessionHeaders } from "../../schema/openai-schema";
import type { ResponseBody } from "../../schema/response-body";
import { settingsOf } from "../../settings";
import { type ChatForm, chatCompletion } from "../../wire/chat-chunks";
import { type Operations, TURN_FAILURES } from "../operation";
import { chatFields, wantedOf } from "./functions";
import { answerWith, askConversation, conversationOf, questionOf, sessionIdOf, userIdOf } from "./request";

export const operations = (): Operations => ({
  "GET /v1/models": {
    id: "models",
    summary: "List the models",
    description: "Returns `MODEL`, `TOOL_MODEL` and `FALLBACK_MODEL` with window and list price.",
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
function modelsOf(c: Context<AppEnv>): ResponseBody<typeof modelResponse>[] {
  const { MODEL, TOOL_MODEL, FALLBACK_MODEL } = settingsOf(c.env);
  return [...new Set([MODEL, TOOL_MODEL, FALLBACK_MODEL])].filter(Boolean).map((id) => ({
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
    const body: ResponseBody<typeof modelsResponse> = { object: "list", data: modelsOf(c) };
    return json(c, body, 200);
  })
  .get("/v1/models/:model{.+}", valid("param", modelParam), (c) => {
    const { model } = c.req.valid("param");
    const found = modelsOf(c).find(({ id }) => id === model);
    if (!found) throw new FailureError({ reason: "model_not_found" });
    return json(c, found, 200);
  })
  .post("/v1/chat/completions", valid("json", chatRequest), async (c) => {
    const request = c.req.valid("json");
    const conversation = conversationOf(request.messages, "messages");
    const created = Math.floor(Date.now() / 1000);
    const form: ChatForm = { name: "chat", created, includeUsage: request.stream_options?.include_usage ?? false };
    const wanted = wantedOf(
      c,
      {
        tools: request.tools?.map((tool) => tool.function),
        choice: request.tool_choice,
        parallel: request.parallel_tool_calls,
        format: request.response_format,
      },
      chatFields,
    );
    const reply = await askConversation(c, sessionIdOf(c, request.metadata).named, userIdOf(c, request.metadata), {
      input: questionOf(c, conversation, {
        ...request,
        wanted,
        maxTokens: request.max_completion_tokens ?? request.max_tokens,
      }),
      before: conversation.before,
      results: conversation.results,
      form: request.stream ? form : undefined,
    });
    return answerWith(c, reply, form, ({ turnId, turn }) => {
      const body: ResponseBody<typeof chatResponse> = chatCompletion(turnId, created, turn);
      return json(c, body, 200);
    });
  });
