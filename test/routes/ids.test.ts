import { describe, expect, it } from "vitest";
import { openaiId } from "../../src/wire/response-objects";
import { freshSession, worker } from "../support/worker";

const llamory = worker({ SESSION_KEY: "k".repeat(32) });
const messages = [{ role: "user", content: "Hi" }];
const chat = { messages };

/** Ids that contain a line break, leave a path, or are too long. */
const BAD = ["a\nb", "a\rb", "a\r\nid: b", "a\u0085b", "a\u2028b", "a\0b", "a b", "a/b", "a\u00e4", "a".repeat(129)];
/** Ids that a URL parser resolves before the request is sent. */
const DOTS = [".", ".."];

const bodies: [where: string, path: string, body: (id: string) => object][] = [
  ["the sessionId of an ask", "/ask", (sessionId) => ({ sessionId, question: "Hi" })],
  ["the userId of an ask", "/ask", (userId) => ({ sessionId: "s", userId, question: "Hi" })],
  ["the sessionId of a reset", "/reset", (sessionId) => ({ sessionId })],
  ["the userId of an append", "/sessions/s/messages", (userId) => ({ userId, messages })],
  ["the userId of a context", "/sessions/s/context", (userId) => ({ userId, question: "Hi" })],
  ["the sessions of a token", "/tokens", (id) => ({ sessionIds: [id] })],
  ["the user of a token", "/tokens", (userId) => ({ userId })],
  ["the source of a fact", "/users/u/facts", (sessionId) => ({ text: "x", source: { sessionId, seq: 1 } })],
  ["metadata.session_id", "/v1/chat/completions", (session_id) => ({ ...chat, metadata: { session_id } })],
  ["metadata.user_id", "/v1/chat/completions", (user_id) => ({ ...chat, metadata: { session_id: "s", user_id } })],
  ["conversation", "/v1/responses", (conversation) => ({ input: "Hi", conversation })],
];

const paths: [where: string, method: string, path: (id: string) => string][] = [
  ["a sessionId", "GET", (id) => `/sessions/${id}`],
  ["a userId", "GET", (id) => `/users/${id}/facts`],
  ["a factId", "DELETE", (id) => `/users/u/facts/${id}`],
  ["a turnId", "GET", (id) => `/sessions/s/turns/${id}`],
  ["the turnId of a stream", "GET", (id) => `/sessions/s/turns/${id}/stream`],
  ["the turnId of a cancellation", "POST", (id) => `/sessions/s/turns/${id}/cancel`],
  ["the turnId of a deletion", "DELETE", (id) => `/sessions/s/turns/${id}`],
];

const responseIds = (id: string) => [openaiId("resp", "s", id), openaiId("resp", `s${id}`.slice(0, 129), "t")];

describe("an id that could end a line or leave a path", () => {
  it.each(bodies)("is refused as %s", async (_where, path, body) => {
    for (const id of [...BAD, ...DOTS]) {
      const response = await llamory.post(path, body(id));
      expect(response.status, JSON.stringify(id)).toBe(400);
      expect(await response.text()).toMatch(/invalid_request/);
    }
  });

  it.each(paths)("is refused as %s in a path", async (_where, method, path) => {
    for (const id of BAD) {
      const response = await llamory.fetch(path(encodeURIComponent(id)), { method });
      expect(response.status, JSON.stringify(id)).toBe(400);
      expect(await response.json()).toMatchObject({ code: "invalid_request" });
    }
  });

  it("is refused as the id of an event", async () => {
    const path = `/sessions/s/turns/${crypto.randomUUID()}/stream`;
    // Headers cannot contain the other invalid ids at all.
    for (const id of ["a b:1", "a/b:1", "\u00e4:1", `${"a".repeat(129)}:1`, "a:b", "a:1:2:end", "a:1234567890"]) {
      const response = await llamory.fetch(path, { headers: { "last-event-id": id } });
      expect(response.status, id).toBe(400);
    }
  });

  it("names no response: to read, to delete or to continue", async () => {
    for (const id of [...BAD, ...DOTS].filter((bad) => /^[\x20-\x7e]*$/.test(bad)).flatMap(responseIds)) {
      const path = `/v1/responses/${encodeURIComponent(id)}`;
      for (const init of [{}, { method: "DELETE" }]) expect((await llamory.fetch(path, init)).status, id).toBe(404);
      const next = await llamory.post("/v1/responses", { input: "Hi", previous_response_id: id });
      expect(next.status, id).toBe(404);
    }
  });

  it("is not sent back as a request id", async () => {
    for (const id of ["a b", "a\u00e4", "a:b\tc", "a".repeat(300)]) {
      const response = await llamory.fetch(`/sessions/${freshSession()}`, { headers: { "x-request-id": id } });
      expect(response.headers.get("x-request-id"), id).toMatch(/^[\w-]{36}$/);
    }
  });
});
