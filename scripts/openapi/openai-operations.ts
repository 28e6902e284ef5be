/** The operations of the OpenAI surface. */
import * as openai from "../../src/schema/openai-schema";
import { type Operation, TURN_FAILURES } from "./operation";

const chat = { model: "llama", messages: [{ role: "user", content: "What is my name?" }] };

export const openaiOperations: Record<string, Operation> = {
  "GET /v1/models": {
    id: "models",
    summary: "The models that may answer, as the OpenAI API lists them",
    openai: true,
    response: openai.modelsResponse,
  },
  "GET /v1/models/:model{.+}": {
    id: "model",
    summary: "One of them",
    openai: true,
    params: openai.modelParam,
    response: openai.modelResponse,
    failures: ["model_not_found"],
  },
  "POST /v1/chat/completions": {
    id: "chatCompletions",
    summary: "A chat completion; remembered on the server where the request names a session",
    openai: true,
    headers: openai.sessionHeaders,
    body: openai.chatRequest,
    example: chat,
    response: openai.chatResponse,
    events: "Chunks as the OpenAI API streams them, then `[DONE]`; an error is a chunk with `error`.",
    failures: [...TURN_FAILURES, "tool_results_unexpected"],
  },
  "GET /v1/responses/:responseId": {
    id: "response",
    summary: "A response, as it is remembered",
    openai: true,
    params: openai.responseParam,
    response: openai.responsesResponse,
    failures: ["response_not_found"],
  },
  "DELETE /v1/responses/:responseId": {
    id: "deleteResponse",
    summary: "Take a response and its question out of the memory",
    openai: true,
    params: openai.responseParam,
    response: openai.deletedResponse,
    failures: ["response_not_found", "storage_failed", "user_unreachable"],
  },
  "POST /v1/responses": {
    id: "responses",
    summary: "A response; the next one may go on with it by `previous_response_id`",
    openai: true,
    headers: openai.sessionHeaders,
    body: openai.responsesRequest,
    example: { model: "llama", input: "What is my name?" },
    response: openai.responsesResponse,
    events: "Events as the OpenAI API streams responses.",
    failures: [...TURN_FAILURES, "response_not_found", "tool_results_unexpected"],
  },
};
