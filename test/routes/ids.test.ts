import { describe, expect, it } from "vitest";
import { openaiId } from "../../src/wire/response-objects";
import { eventually } from "../support/eventually";
import { freshSession, worker } from "../support/worker";

const llamory = worker({ SESSION_KEY: "k".repeat(32) });
const messages = [{ role: "user", content: "Hi" }];
const chat = { messages };

/** Ids that contain a line break, leave a path, or are too long. */
const BAD_USERS = ["a\nb", "a\rb", "a\r\nid: b", "a\u0085b", "a\u2028b", "a\0b", "a/b", "a".repeat(129)];
const BAD = [...BAD_USERS, "a b", "a\u00e4"];
/** Ids of users may be in any script. */
const badFor = (where: string) => (/user(?:Id|_id|\b)/.test(where) ? BAD_USERS : BAD);
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
  it.each(bodies)("is refused as %s", async (where, path, body) => {
    for (const id of [...badFor(where), ...DOTS]) {
      const response = await llamory.post(path, body(id));
      expect(response.status, JSON.stringify(id)).toBe(400);
      expect(await response.text()).toMatch(/invalid_request/);
    }
  });

  it.each(paths)("is refused as %s in a path", async (where, method, path) => {
    for (const id of badFor(where)) {
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

describe("an id of a user", () => {
  it.each(["auth0|123", "google-oauth2|1", "jürgen", "用户1", "a b?c#d%&+", "😀".repeat(128)])(
    "may be %s, in bodies, paths and headers",
    async (name) => {
      const user = `${name}${name.length > 200 ? "" : freshSession()}`;
      const [session, other] = [freshSession(), freshSession()];
      const encoded = encodeURIComponent(user);
      const asked = await llamory.post("/ask", { sessionId: session, userId: user, question: "I like figs." });
      expect(asked.status).toBe(200);
      const headers = { "x-session-id": other, "x-user-id": encoded };
      expect((await llamory.post("/v1/chat/completions", chat, headers)).status).toBe(200);
      const { token } = await (await llamory.post("/tokens", { userId: user })).json<{ token: string }>();
      const own = { authorization: `Bearer ${token}` };
      const added = await llamory.post(`/users/${encoded}/facts`, { text: "Likes figs." }, own);
      expect(added.status).toBe(201);
      await eventually(async () => {
        const response = await llamory.fetch(`/users/${encoded}/sessions`);
        const { data } = await response.json<{ data: { sessionId: string }[] }>();
        expect(data.map(({ sessionId }) => sessionId).sort()).toEqual([session, other].sort());
      });
      const deleted = await llamory.fetch(`/users/${encoded}`, { method: "DELETE" });
      expect(await deleted.json()).toMatchObject({ userId: user, sessions: 2, facts: 1 });
    },
  );

  it("is the same in all forms of its characters", async () => {
    const user = freshSession();
    await llamory.post(`/users/ju\u0308rgen-${user}/facts`, { text: "Likes figs." });
    const facts = await llamory.fetch(`/users/${encodeURIComponent(`j\u00fcrgen-${user}`)}/facts`);
    expect(await facts.json()).toMatchObject({ data: [{ text: "Likes figs." }] });
  });

  it("is refused in a header that is not well encoded", async () => {
    for (const id of ["100%", "%ff", "a%2Fb", "%0A", "%2E", "..", "j\u00fcrgen"]) {
      const headers = { "x-session-id": freshSession(), "x-user-id": id };
      const response = await llamory.post("/v1/chat/completions", chat, headers);
      expect(response.status, id).toBe(400);
      expect(await response.text()).toContain("x-user-id");
    }
  });
});
