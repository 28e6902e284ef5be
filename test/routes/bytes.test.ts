import { describe, expect, it } from "vitest";
import { PARTS, scripted } from "../support/scripted-model";
import { Events, parseEvents, textOf } from "../support/sse";
import { digestOf } from "../support/tokens";
import { freshSession, worker } from "../support/worker";

const llamory = worker();
const send = (path: string, body: BodyInit, headers: Record<string, string>) =>
  llamory.fetch(path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const question = (sessionId: string) => JSON.stringify({ sessionId, question: "Hi" });

describe("the bytes of a body", () => {
  it("that are not UTF-8 are refused, on native routes and those of OpenAI", async () => {
    const session = freshSession();
    const native = await send("/ask", latin1(`{"sessionId":"${session}","question":"caf\xe9"}`), {});
    expect(native.status).toBe(400);
    expect(await native.json()).toMatchObject({ code: "invalid_request", errors: [{ message: /UTF-8/ }] });
    const chat = latin1('{"model":"x","messages":[{"role":"user","content":"caf\xe9"}]}');
    const openai = await send("/v1/chat/completions", chat, { "x-session-id": session });
    expect([openai.status, (await openai.text()).includes("UTF-8")]).toEqual([400, true]);
    expect(await llamory.transcript(session)).toEqual([]);
  });

  it("that are no object are refused with a message that names the body, in OpenAI's form", async () => {
    for (const body of ["7", "[]", '"Hi"', "null", latin1('"caf\xe9"')]) {
      const response = await send("/v1/chat/completions", body, {});
      expect([response.status, await response.json()]).toEqual([
        400,
        { error: expect.objectContaining({ message: expect.stringMatching(/^body: \w/), param: null }) },
      ]);
    }
  });

  it("keep every character, with or without a byte order mark", async () => {
    const session = freshSession();
    for (const mark of ["", "\ufeff"]) {
      const body = new TextEncoder().encode(`${mark}{"sessionId":"${session}","question":"café 🐝"}`);
      expect((await send("/ask", body, {})).status).toBe(200);
    }
    expect((await llamory.transcript(session)).filter((line) => line === "user: café 🐝")).toHaveLength(2);
  });

  it("of a long body keep every character, and are refused if a late one is not UTF-8", async () => {
    const session = freshSession();
    // Four beginnings: each part of the body ends at another byte of a character.
    const texts = ["", "a", "aa", "aaa"].map((begin) => begin + "🐝".repeat(40_000));
    for (const content of texts) {
      const body = JSON.stringify({ messages: [{ role: "user", content }] });
      expect((await send(`/sessions/${session}/messages`, body, {})).status).toBe(201);
    }
    expect(await llamory.transcript(session)).toEqual(texts.map((text) => `user: ${text}`));
    const late = latin1(`{"sessionId":"${session}","question":"${"a".repeat(200_000)}\xe9"}`);
    const cut = new TextEncoder().encode(`{"sessionId":"${session}","question":"${"🐝".repeat(40_000)}`).slice(0, -1);
    for (const body of [late, cut]) {
      const refused = await send("/ask", body, {});
      expect([refused.status, await refused.json()]).toMatchObject([400, { errors: [{ message: /UTF-8/ }] }]);
    }
    expect(await llamory.transcript(session)).toHaveLength(4);
  });

  it("are read under every name of JSON, and refused if they are compressed", async () => {
    for (const type of ["text/json", "application/json, application/json", "TEXT/JSON; charset=utf-8"]) {
      const response = await send("/ask", question(freshSession()), { "content-type": type });
      expect(response.status, type).toBe(200);
    }
    const zipped = await send("/ask", question(freshSession()), { "content-encoding": "gzip" });
    expect([zipped.status, (await zipped.json<{ code: string }>()).code]).toEqual([415, "unsupported_encoding"]);
    const plain = await send("/ask", question(freshSession()), { "content-type": "text/plain" });
    expect(plain.status).toBe(415);
  });
});

describe("the headers of an ask", () => {
  it.each([
    ["application/json, text/event-stream;q=0.1", "application/json"],
    ["text/event-stream;q=0", "application/json"],
    ["text/event-stream, application/json;q=0.9", "text/event-stream"],
    ["text/event-stream", "text/event-stream"],
    ["*/*", "application/json"],
  ])("choose the form by quality: %s", async (accept, type) => {
    const response = await send("/ask", question(freshSession()), { accept });
    expect(response.headers.get("content-type")).toContain(type);
    await response.text();
  });

  it("continue a stream: `Last-Event-ID` with the same key sends only the rest", async () => {
    const session = freshSession();
    await scripted(session, PARTS);
    const headers = { accept: "text/event-stream", "idempotency-key": "k" };
    const events = await new Events(await send("/ask", question(session), headers)).rest();
    const whole = textOf(events);
    const id = `${events[0]?.data.turnId}:3`;
    const resumed = await send("/ask", question(session), { ...headers, "last-event-id": id });
    const rest = parseEvents(await resumed.text());
    expect([rest[0]?.event, textOf(rest)]).toEqual(["delta", whole.slice(3)]);
    const other = await send("/ask", question(session), { ...headers, "last-event-id": "another:3" });
    expect(parseEvents(await other.text())[0]?.event).toBe("start");
    expect((await send("/ask", question(session), { ...headers, "last-event-id": "x" })).status).toBe(400);
  });

  it("carry a token behind several spaces, or as `api-key`", async () => {
    const locked = worker({ AUTH: "tokens", API_TOKENS: await digestOf("mine") });
    const asked = async (name: string, value: string) =>
      (await locked.post("/ask", JSON.parse(question(freshSession())), { [name]: value })).status;
    for (const name of ["api-key", "x-api-key"]) {
      expect([await asked(name, "mine"), await asked(name, "")]).toEqual([200, 401]);
    }
    expect(await asked("authorization", "Bearer  mine")).toBe(200);
    for (const value of ["Bearer ", "Bearermine"]) expect(await asked("authorization", value)).toBe(401);
  });
});

describe("a base URL without /v1", () => {
  it.each(["/chat/completions", "/responses", "/models", "/embeddings"])(
    "gets an error that says so: %s",
    async (path) => {
      const response = await llamory.raw(path, {
        method: "POST",
        body: "{}",
        headers: { "content-type": "application/json" },
      });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        error: { code: "base_url", message: expect.stringContaining("/v1") },
      });
    },
  );
});
