/** All requests whose texts may reach a model, with examples that together cover every place of their schemas. */
import * as z from "zod/mini";
import { askHeaders, askRequest } from "../../src/schema/ask-schema";
import { chatRequest } from "../../src/schema/chat-schema";
import { conversationRequest, itemsRequest } from "../../src/schema/conversation-schema";
import { exportLine, userExportLine } from "../../src/schema/export-schema";
import * as facts from "../../src/schema/fact-schema";
import { forkRequest } from "../../src/schema/fork-schema";
import { sessionHeaders } from "../../src/schema/openai-schema";
import { responsesRequest } from "../../src/schema/responses-schema";
import * as session from "../../src/schema/session-schema";
import { PATIENT } from "./users";
import { worker } from "./worker";

/** A Worker that extracts facts from turns. */
export const llamory = worker({ ...PATIENT, FACTS: "model", DEBUG: "true" });

const time = "2026-01-01T00:00:00.000Z";
const called = { id: "call_1", name: "weather", arguments: "{}" };
const functions = [{ id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } }];
const schema = { type: "object", properties: {} };
const tool = { name: "weather", description: "d", parameters: schema };
const usage = { promptTokens: 1, completionTokens: 1, totalTokens: 2 };
const recalled = [{ seq: 1, score: 1 }];
const memory = { tokens: 0, window: null, recalled, recall: "words", omitted: 0 };
const message = { content: "c", createdAt: time };
const turn = {
  ...{ question: "q", answer: "a", status: "complete", model: "m" },
  ...{ usage, memory, createdAt: time, finishedAt: time },
};
const lines = [
  { llamory: "session", version: 1, title: "t" },
  { message: { ...message, role: "user", name: "n" } },
  { message: { ...message, role: "assistant", toolCalls: [called] } },
  { message: { ...message, role: "tool", toolCallId: "call_1" } },
  { turn: { ...turn, id: "t1", toolCalls: [called], finishReason: "tool_calls" } },
  { turn: { ...turn, id: "t2", results: [{ callId: "call_1", content: "r" }], finishReason: "stop" } },
  { end: { messages: 8 } },
];
const version = {
  ...{ number: 1, text: "f", since: "2025-01-01", until: "2026-01-01", pinned: true, writtenBy: "person" },
  ...{ source: { sessionId: "s", seq: 1 }, learned: [{ sessionId: "s", seq: 1, to: 2, base: 1 }] },
  ...{ createdAt: time, updatedAt: time },
};
const userLines = (sessionId: string) => [
  { llamory: "user", version: 1 },
  { renamed: { from: "s", to: "t" } },
  { session: { sessionId, instructions: "i", timeZone: "UTC" } },
  ...lines,
  { fact: { id: "f", versions: [version] } },
  { end: { sessions: 1, facts: 1, nextCursor: "c" } },
];
const linesOf = (body: object): string[] =>
  "lines" in body && Array.isArray(body.lines) ? body.lines.map((line) => JSON.stringify(line)) : [];
const parts = [
  { type: "text", text: "part" },
  { type: "refusal", refusal: "no" },
];
const chat = {
  model: "m",
  messages: [
    { role: "system", content: "s" },
    { role: "user", content: parts, name: "n" },
    { role: "assistant", content: "a", tool_calls: functions },
    { role: "tool", tool_call_id: "call_1", content: "r" },
    { role: "user", content: "q" },
  ],
  stop: ["s"],
  tools: [{ type: "function", function: tool }],
  response_format: { type: "json_schema", json_schema: { name: "n", schema } },
};
const unread = {
  n: 1,
  logit_bias: null,
  logprobs: null,
  top_logprobs: null,
  audio: null,
  modalities: null,
  functions: null,
};
const responses = {
  model: "m",
  input: [
    { role: "developer", content: "s" },
    { role: "user", content: parts, name: "n" },
    { type: "function_call", call_id: "call_1", name: "weather", arguments: "{}" },
    { type: "function_call_output", call_id: "call_1", output: "r" },
    { role: "assistant", content: "a", tool_calls: functions },
    { type: "function_call_output", call_id: "call_1", output: parts },
    { role: "user", content: "q" },
  ],
  instructions: "i",
  tools: [{ type: "function", ...tool }],
  text: { format: { type: "json_schema", name: "n", schema } },
};

/** Together, the items of all kinds, with all fields. */
const items = [...responses.input, { role: "user", content: "q" }, { role: "assistant", content: parts }];

/** A request whose texts may reach a model: its schema, and examples that together cover all its places. */
export interface Case {
  schema: z.core.$ZodType;
  examples: (sessionId: string, userId: string) => object[];
  send: (body: object, sessionId: string, userId: string) => Promise<Response>;
}

const span = { since: "2025-01-01", until: "2026-01-01" };

const factOf = async (userId: string) =>
  (await (await llamory.post(`/users/${userId}/facts`, { text: "Has a dog." })).json<{ id: string }>()).id;

export const cases: Record<string, Case> = {
  ask: {
    schema: askRequest,
    examples: (sessionId, userId) => [
      { sessionId, userId, question: "q", timeZone: "UTC" },
      { sessionId, userId, question: "q", instructions: "i" },
      { sessionId, question: "q", model: "m" },
      { sessionId, question: "q", replaces: "t" },
      { sessionId, question: "q", remember: false, before: [{ role: "user", content: "c" }] },
    ],
    send: (body) => llamory.post("/ask", body),
  },
  append: {
    schema: session.appendRequest,
    examples: (_, userId) => [
      { userId, messages: [{ role: "user", content: "c", name: "n", createdAt: time }] },
      { userId, messages: [{ role: "user", content: ["c"] }] },
    ],
    send: (body, sessionId) => llamory.post(`/sessions/${sessionId}/messages`, body),
  },
  title: {
    schema: session.sessionChange,
    examples: (_, userId) => [{ title: "t" }, { instructions: "i" }, { timeZone: "UTC" }, { userId }],
    send: async (body, sessionId) => {
      await llamory.ask(sessionId, "First.");
      return llamory.patch(`/sessions/${sessionId}`, body);
    },
  },
  fork: {
    schema: forkRequest,
    examples: (sessionId, userId) => [{ sessionId: `${sessionId}-2`, userId }],
    send: (body, sessionId) => llamory.post(`/sessions/${sessionId}/fork`, body),
  },
  fact: {
    schema: facts.factRequest,
    examples: (sessionId) => [{ text: "f", ...span, source: { sessionId, seq: 1 } }],
    send: (body, _, userId) => llamory.post(`/users/${userId}/facts`, body),
  },
  "changed fact": {
    schema: facts.factChange,
    examples: (sessionId) => [{ text: "f", ...span, source: { sessionId, seq: 1 } }],
    send: async (body, _, userId) => llamory.patch(`/users/${userId}/facts/${await factOf(userId)}`, body),
  },
  chat: {
    schema: chatRequest,
    examples: (session_id, user_id) => [
      { ...chat, ...unread, metadata: { session_id, user_id } },
      {
        ...chat,
        stop: "s",
        metadata: { session_id },
        messages: [
          { role: "user", content: "q" },
          { role: "assistant", content: parts, tool_calls: functions },
          { role: "tool", tool_call_id: "call_1", content: parts },
        ],
      },
      { ...chat, tool_choice: { type: "function", function: { name: "weather" } } },
      { ...chat, response_format: { type: "json_object", schema } },
    ],
    send: (body) => llamory.post("/v1/chat/completions", body),
  },
  responses: {
    schema: responsesRequest,
    examples: (session_id, user_id) => [
      { ...responses, background: null, metadata: { session_id, user_id } },
      { ...responses, input: "q", conversation: session_id, tool_choice: { type: "function", name: "weather" } },
      { ...responses, previous_response_id: "resp_1", conversation: { id: session_id } },
      {
        ...responses,
        input: [
          { type: "item_reference", id: "msg_1" },
          { role: "assistant", content: parts },
        ],
      },
    ],
    send: (body) => llamory.post("/v1/responses", body),
  },
  conversation: {
    schema: conversationRequest,
    examples: (session_id, user_id) => [{ items, metadata: { session_id, user_id } }],
    send: (body) => llamory.post("/v1/conversations", body),
  },
  items: {
    schema: itemsRequest,
    examples: () => [{ items }],
    send: (body, sessionId) => llamory.post(`/v1/conversations/${sessionId}/items`, body),
  },
  import: {
    schema: z.object({ lines: z.array(exportLine()) }),
    examples: () => [{ lines }],
    send: (body, sessionId) =>
      llamory.fetch(`/sessions/${sessionId}/import`, {
        method: "POST",
        headers: { "content-type": "application/x-ndjson" },
        body: linesOf(body).join("\n"),
      }),
  },
  "user import": {
    schema: z.object({ lines: z.array(userExportLine()) }),
    examples: (sessionId) => [{ lines: userLines(sessionId) }],
    send: (body, _, userId) =>
      llamory.fetch(`/users/${userId}/import`, {
        method: "POST",
        headers: { "content-type": "application/x-ndjson" },
        body: linesOf(body).join("\n"),
      }),
  },
  headers: {
    schema: z.object({ ...sessionHeaders.shape, ...askHeaders.shape }),
    examples: (id, userId) => [
      { "x-session-id": id, "x-openwebui-chat-id": id, "x-user-id": userId, accept: "a", "idempotency-key": "k" },
      { "x-openwebui-user-id": userId, "last-event-id": "t:1" },
    ],
    send: (headers) => llamory.post("/v1/chat/completions", chat, Object.fromEntries(Object.entries(headers))),
  },
};
