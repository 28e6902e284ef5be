/** Every operation of the API: what it takes, what it answers, and how it may fail. */
import type * as z from "zod";
import { exportLine } from "../../src/export-schema";
import type { Reason } from "../../src/problem";
import * as openai from "../../src/routes/openai/shapes";
import * as schema from "../../src/schema";
import * as session from "../../src/session-schema";
import * as user from "../../src/user-schema";

export interface Operation {
  id: string;
  summary: string;
  /** Needs no token. */
  open?: boolean;
  /** Tells errors as the OpenAI API does. */
  openai?: boolean;
  params?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: z.ZodType;
  /** A body that may be sent as it stands. */
  example?: unknown;
  status?: number;
  response?: z.ZodType;
  /** What the events of a streamed answer are. */
  events?: string;
  /** What each line is, of an answer and of a body that are lines of JSON. */
  lines?: z.ZodType;
  takesLines?: z.ZodType;
  /** When there is nothing to answer: a 204; and when what was sent is taken without an answer: a 202. */
  nothing?: string;
  taken?: string;
  failures?: readonly Reason[];
}

const MODEL_FAILURES = [
  "model_busy",
  "model_timeout",
  "model_unreachable",
  "model_unavailable",
  "model_allowance_spent",
  "model_account",
  "model_request_refused",
  "model_reply_empty",
  "model_reply_malformed",
  "prompt_too_long",
] as const;

const TURN_FAILURES = [
  "tenant_allowance_spent",
  ...MODEL_FAILURES,
  "model_interrupted",
  "model_stalled",
  "turn_cancelled",
  "turn_interrupted",
  "session_busy",
  "session_queue_full",
  "session_full",
  "storage_failed",
  "session_of_another_user",
] as const;

const EVENTS =
  "Server-sent events: `start` (StreamStart), `delta` (StreamDelta), and last `done` (StreamDone) or `error` (StreamError). `id` is `<turnId>:<characters of the answer so far>`, with `:done` behind it for the last event. Comments keep the connection alive.";

const chat = { model: "llama", messages: [{ role: "user", content: "What is my name?" }] };

export const operations: Record<string, Operation> = {
  "GET /health": {
    id: "health",
    summary: "Whether the Worker runs, which version, and with which model",
    open: true,
    response: schema.healthResponse,
  },
  "GET /openapi.json": { id: "openapi", summary: "This document", open: true, response: schema.openapiResponse },
  "POST /ask": {
    id: "ask",
    summary: "Ask a session a question; the answer is remembered",
    headers: schema.askHeaders,
    body: schema.askRequest,
    example: { sessionId: "a", question: "My name is Ana and I keep bees in Lisbon." },
    response: schema.askResponse,
    events: EVENTS,
    failures: [...TURN_FAILURES, "idempotency_conflict"],
  },
  "POST /reset": {
    id: "reset",
    summary: "Empty a session",
    body: schema.resetRequest,
    example: { sessionId: "a" },
    response: schema.resetResponse,
    failures: ["storage_failed", "user_unreachable"],
  },
  "POST /tokens": {
    id: "makeToken",
    summary:
      "A short-lived token for a browser: to ask, read, follow and cancel in the sessions, or as the user, that it names",
    body: schema.tokenRequest,
    example: { sessionIds: ["a"], expiresIn: 600 },
    status: 201,
    response: schema.tokenResponse,
    failures: ["session_key_missing"],
  },
  "GET /debug": {
    id: "debug",
    summary: "What of the request reached the Worker; only where DEBUG is on",
    response: schema.debugResponse,
    failures: ["not_found"],
  },
  "GET /sessions/:sessionId": {
    id: "session",
    summary: "How much there is of a session; an unknown one is empty",
    params: schema.sessionParam,
    response: session.sessionResponse,
  },
  "PATCH /sessions/:sessionId": {
    id: "renameSession",
    summary: "Give a session a title",
    params: schema.sessionParam,
    body: session.sessionChange,
    example: { title: "Bees" },
    response: session.sessionChanged,
    failures: ["storage_failed", "user_unreachable"],
  },
  "DELETE /sessions/:sessionId": {
    id: "deleteSession",
    summary: "Delete a session for good",
    params: schema.sessionParam,
    response: schema.resetResponse,
    failures: ["storage_failed", "user_unreachable"],
  },
  "GET /sessions/:sessionId/messages": {
    id: "messages",
    summary: "A page of the transcript, newest first",
    params: schema.sessionParam,
    query: session.historyQuery,
    response: session.historyResponse,
  },
  "POST /sessions/:sessionId/messages": {
    id: "appendMessages",
    summary: "Append messages that were said elsewhere, all or none",
    params: schema.sessionParam,
    body: session.appendRequest,
    example: { messages: [{ role: "user", name: "Ana", content: "The honey is ripe in July." }] },
    status: 201,
    response: session.appendResponse,
    failures: ["session_queue_full", "session_full", "turn_cancelled", "storage_failed", "session_of_another_user"],
  },
  "GET /sessions/:sessionId/search": {
    id: "search",
    summary: "The messages that fit a text best, best first",
    params: schema.sessionParam,
    query: session.searchQuery,
    response: session.searchResponse,
  },
  "POST /sessions/:sessionId/search": {
    id: "searchByPost",
    summary: "The same, for a text that is not to stand in a URL",
    params: schema.sessionParam,
    body: session.searchRequest,
    example: { q: "honey" },
    response: session.searchResponse,
  },
  "GET /sessions/:sessionId/export": {
    id: "exportSession",
    summary: "The session as lines of JSON that name no session; without a turn that runs",
    params: schema.sessionParam,
    lines: exportLine,
  },
  "POST /sessions/:sessionId/import": {
    id: "importSession",
    summary: "What an export wrote, into an empty session: all of it, or nothing",
    params: schema.sessionParam,
    takesLines: exportLine,
    status: 201,
    response: session.importResponse,
    failures: [
      "session_not_empty",
      "import_interrupted",
      "session_full",
      "session_queue_full",
      "storage_failed",
      "unsupported_media_type",
      "body_too_large",
    ],
  },
  "POST /sessions/:sessionId/context": {
    id: "context",
    summary: "The exact prompt that an ask would send, and why; writes nothing",
    params: schema.sessionParam,
    body: session.contextRequest,
    example: { question: "When is the honey ripe?" },
    response: session.contextResponse,
    failures: ["prompt_too_long", "session_of_another_user"],
  },
  "GET /sessions/:sessionId/turns/:turnId": {
    id: "turn",
    summary: "A turn, running or over",
    params: schema.turnParam,
    response: schema.turnResponse,
    failures: ["turn_not_found"],
  },
  "GET /sessions/:sessionId/turns/:turnId/stream": {
    id: "followTurn",
    summary: "A turn's events from the start, or after `Last-Event-ID`; a turn that is over replays and ends",
    params: schema.turnParam,
    query: schema.followQuery,
    headers: schema.streamHeaders,
    events: EVENTS,
    nothing: "The client has all of the turn: it sent the id of its last event.",
    failures: ["turn_not_found"],
  },
  "DELETE /sessions/:sessionId/turns/:turnId": {
    id: "cancelTurn",
    summary: "End a running turn; what was said so far is kept",
    params: schema.turnParam,
    response: schema.turnResponse,
    failures: ["turn_not_found", "storage_failed"],
  },
  "GET /users/:userId/sessions": {
    id: "userSessions",
    summary: "A page of a user's sessions, those first in which something was said last",
    params: user.userParam,
    query: user.userSessionsQuery,
    response: user.userSessionsResponse,
  },
  "GET /users/:userId/search": {
    id: "searchUser",
    summary: "The messages of all sessions of a user that fit a text best, best first",
    params: user.userParam,
    query: session.searchQuery,
    response: user.userSearchResponse,
  },
  "POST /users/:userId/search": {
    id: "searchUserByPost",
    summary: "The same, for a text that is not to stand in a URL",
    params: user.userParam,
    body: session.searchRequest,
    example: { q: "honey" },
    response: user.userSearchResponse,
  },
  "DELETE /users/:userId": {
    id: "deleteUser",
    summary: "Delete a user: their sessions, what was copied of them, and facts; what breaks off goes on with the next",
    params: user.userParam,
    response: user.userDeleted,
    failures: ["user_half_deleted", "storage_failed"],
  },
  "GET /users/:userId/facts": {
    id: "facts",
    summary: "What is known of a user, newest first",
    params: user.userParam,
    response: user.factsResponse,
  },
  "POST /users/:userId/facts": {
    id: "addFact",
    summary: "One more fact about a user: it stands in every prompt of theirs",
    params: user.userParam,
    body: user.factRequest,
    example: { text: "Ana keeps bees in Lisbon." },
    status: 201,
    response: user.fact,
    failures: ["facts_full", "user_being_deleted", "storage_failed"],
  },
  "PATCH /users/:userId/facts/:factId": {
    id: "changeFact",
    summary: "Say a fact otherwise",
    params: user.factParam,
    body: user.factChange,
    example: { text: "Ana keeps bees in Porto." },
    response: user.fact,
    failures: ["fact_not_found", "storage_failed"],
  },
  "DELETE /users/:userId/facts/:factId": {
    id: "deleteFact",
    summary: "Forget a fact",
    params: user.factParam,
    response: user.factDeleted,
    failures: ["fact_not_found", "storage_failed"],
  },
  "POST /mcp": {
    id: "mcp",
    summary: "The memory as an MCP server (Streamable HTTP): tools to ask, search, read, remember and forget",
    body: schema.mcpRequest,
    example: { jsonrpc: "2.0", id: 1, method: "tools/list" },
    response: schema.mcpResponse,
    taken: "A notification.",
  },
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
