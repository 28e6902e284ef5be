import { sign } from "hono/jwt";
import { describe, expect, it } from "vitest";
import { scripted } from "../support/scripted-model";
import { Events } from "../support/sse";
import { digestOf } from "../support/tokens";
import { freshSession, worker } from "../support/worker";

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const [MINE, OTHER] = await Promise.all(["mine", "other"].map(digestOf));
const SESSION_KEY = "k".repeat(32);
const settings = { AUTH: "tokens", API_TOKENS: `${MINE},acme:${OTHER}`, SESSION_KEY };
const locked = worker(settings);

async function tokenFor(sessionIds: string[], expiresIn = 60, holder = "mine"): Promise<string> {
  const response = await locked.post("/tokens", { sessionIds, expiresIn }, bearer(holder));
  expect(response.status).toBe(201);
  return (await response.json<{ token: string }>()).token;
}

/** Signs a token that the server did not issue. */
const forged = (claims: object, key = SESSION_KEY, algorithm: "HS256" | "HS512" = "HS256") =>
  sign({ digest: MINE, sessions: ["s"], exp: Math.floor(Date.now() / 1_000) + 60, ...claims }, key, algorithm);

describe("a session token", () => {
  it("says when it expires", async () => {
    const before = Math.floor(Date.now() / 1_000);
    const response = await locked.post("/tokens", { sessionIds: ["s"], expiresIn: 600 }, bearer("mine"));
    const { expiresAt } = await response.json<{ expiresAt: string }>();
    expect(Date.parse(expiresAt) / 1_000 - before).toBeGreaterThanOrEqual(600);
    expect(Date.parse(expiresAt) / 1_000 - before).toBeLessThan(660);
  });

  it("does not get the model server's reason, which API tokens get in fixed words", async () => {
    const session = freshSession();
    await scripted(session, new Error("3003: HTTP 400 the tools <secret> are not supported"));
    const token = await tokenFor([session]);
    for (const [holder, reason] of [
      ["mine", "3003: HTTP 400 not supported tools"],
      [token, "reason unknown"],
    ]) {
      const response = await locked.ask(session, "Hello?", bearer(holder ?? ""));
      expect([response.status, response.headers.get("x-should-retry")]).toEqual([500, "false"]);
      const { detail } = await response.json<{ detail: string }>();
      expect(detail).toContain(`refused the request: ${reason}.`);
      expect(detail).not.toContain("secret");
    }
  });

  it("asks, reads, follows and searches in its session, which is the tenant's", async () => {
    const session = freshSession();
    const headers = bearer(await tokenFor([session], 60, "other"));
    expect((await locked.ask(session, "My name is Ana.", headers)).status).toBe(200);
    const asked = await new Events(await locked.stream(session, "What is my name?", headers)).rest();
    expect(asked.at(-1)).toMatchObject({ data: { answer: expect.stringContaining("Ana") } });
    const turn = `/sessions/${session}/turns/${asked[0]?.data.turnId}`;
    for (const path of [`/sessions/${session}`, `/sessions/${session}/messages`, turn, `${turn}/stream`]) {
      const response = await locked.fetch(path, { headers });
      expect(response.status, path).toBe(200);
      await response.text();
    }
    expect((await locked.fetch(`${turn}/cancel`, { method: "POST", headers })).status).toBe(200);
    const own = await locked.fetch(`/sessions/${session}`, { headers: bearer("other") });
    expect(await own.json()).toMatchObject({ messages: 4 });
    const default_ = await locked.fetch(`/sessions/${session}`, { headers: bearer("mine") });
    expect(await default_.json()).toMatchObject({ messages: 0 });
  });

  it("follows a turn as `?access_token=`, on that route alone, where an API token does not", async () => {
    const session = freshSession();
    const token = await tokenFor([session]);
    const asked = await (await locked.ask(session, "Hi", bearer(token))).json<{ turnId: string }>();
    const turn = `/sessions/${session}/turns/${asked.turnId}`;
    const followed = await locked.fetch(`${turn}/stream?access_token=${token}`);
    expect(followed.status).toBe(200);
    expect(await followed.text()).toContain("event: done");
    for (const path of [turn, `/sessions/${session}`, `/sessions/${session}/messages`]) {
      expect((await locked.fetch(`${path}?access_token=${token}`)).status, path).toBe(401);
    }
    expect((await locked.fetch(`${turn}/stream?access_token=mine`)).status).toBe(401);
  });

  it.each<[string, string, object?]>([
    ["POST", "/tokens", { sessionIds: ["s"] }],
    ["POST", "/reset", { sessionId: "s" }],
    ["DELETE", "/sessions/s"],
    ["DELETE", "/sessions/s/turns/t"],
    ["DELETE", "/sessions/s/messages/1"],
    ["POST", "/sessions/s/messages", { messages: [{ role: "user", content: "x" }] }],
    ["POST", "/sessions/s/context", { question: "x" }],
    ["GET", "/v1/models"],
    ["POST", "/v1/chat/completions", { messages: [{ role: "user", content: "x" }] }],
    ["POST", "/v1/responses", { input: "x", conversation: "s" }],
    ["GET", "/debug"],
    ["GET", "/nowhere"],
  ])("opens nothing else: %s %s", async (method, path, body) => {
    const response = await locked.fetch(path, {
      method,
      headers: { ...bearer(await tokenFor(["s"])), "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("forbidden");
  });

  it("is refused alike in sessions that it does not name, whether they exist or not", async () => {
    const session = freshSession();
    await locked.ask(session, "Hi", bearer("mine"));
    const headers = bearer(await tokenFor([freshSession()]));
    const refused = async (id: string) => {
      const response = await locked.fetch(`/sessions/${id}/messages`, { headers: { ...headers, "x-request-id": "r" } });
      expect(response.status).toBe(403);
      return response.text();
    };
    expect(await refused(session)).toBe(await refused(freshSession()));
    expect((await locked.ask(session, "Hi", headers)).status).toBe(403);
  });

  it("dies with the API token that it was made with, with its key, and with its time", async () => {
    const session = freshSession();
    const headers = bearer(await tokenFor([session], 60, "other"));
    const ask = (over: object) => worker({ ...settings, ...over }).ask(session, "Hi", headers);
    expect((await ask({})).status).toBe(200);
    expect((await ask({ API_TOKENS: `${MINE},other:${await digestOf("next")}` })).status).toBe(401);
    expect((await ask({ SESSION_KEY: "o".repeat(32) })).status).toBe(401);
    expect((await ask({ SESSION_KEY: "" })).status).toBe(401);
    const expired = await locked.ask(session, "Hi", bearer(await forged({ exp: 1_000 })));
    expect(expired.status).toBe(401);
    expect(await expired.json()).toMatchObject({ code: "token_expired" });
  });

  it("cannot be made by others", async () => {
    const [head, claims, signature] = (await tokenFor(["s"])).split(".");
    const more = btoa(JSON.stringify({ digest: MINE, sessions: ["t"], exp: 9e9 })).replaceAll("=", "");
    const none = btoa(JSON.stringify({ alg: "none", typ: "JWT" })).replaceAll("=", "");
    for (const token of [
      `${head}.${more}.${signature}`,
      `${none}.${claims}.`,
      `${head}.${claims}.`,
      `${head}.${claims}`,
      await forged({}, "another key, which is long enough too"),
      await forged({}, SESSION_KEY, "HS512"),
      await forged({ digest: "ab".repeat(32) }),
      await forged({ sessions: "s" }),
      await forged({ exp: undefined }),
      await forged({ exp: "9999999999" }),
      await forged({ nbf: 9e9 }),
      await forged({ iat: 9e9 }),
      await forged({ nbf: "1" }),
    ]) {
      const response = await locked.fetch("/sessions/t", { headers: bearer(token) });
      expect(response.status, token).toBe(401);
    }
  });

  it("is not called expired if another key signed it", async () => {
    const token = await forged({ exp: 1_000 }, "another key, which is long enough too");
    expect(await (await locked.ask("s", "Hi", bearer(token))).json()).toMatchObject({ code: "unauthorized" });
  });

  it("names either sessions or a user, even where it is signed; claims that are not known change nothing", async () => {
    const session = freshSession();
    for (const claims of [
      { sessions: undefined },
      { sessions: undefined, userId: undefined, scope: "all" },
      { sessions: null },
      { sessions: [] },
      { sessions: [], userId: "ana" },
      { sessions: [session], userId: "ana" },
      { sessions: undefined, userId: "" },
      { sessions: undefined, userId: null },
      { sessions: undefined, userId: ["ana"] },
      { sessions: [session, ""] },
      { sessions: ["."] },
      { sessions: Array.from({ length: 33 }, (_, at) => `${session}${at}`) },
    ]) {
      const headers = bearer(await forged(claims));
      const what = JSON.stringify(claims);
      expect((await locked.ask(session, "Hi", headers)).status, what).toBe(401);
      expect((await locked.post("/reset", { sessionId: session }, headers)).status, what).toBe(401);
    }
    const more = {
      sessions: [session],
      tenant: "acme",
      admin: true,
      user: "ana",
      session: "s",
      __proto__: { userId: "a" },
    };
    const headers = bearer(await forged(more));
    expect((await locked.ask(session, "Hi", headers)).status).toBe(200);
    expect((await locked.post("/reset", { sessionId: session }, headers)).status).toBe(403);
    const default_ = await locked.fetch(`/sessions/${session}`, { headers: bearer("mine") });
    expect(await default_.json()).toMatchObject({ messages: 2 });
  });

  it("needs a key of 32 characters or more", async () => {
    const without = await worker({ ...settings, SESSION_KEY: "" }).post(
      "/tokens",
      { sessionIds: ["s"] },
      bearer("mine"),
    );
    expect(without.status).toBe(503);
    expect(await without.json()).toMatchObject({ code: "session_key_missing" });
    const short = await worker({ ...settings, SESSION_KEY: "short" }).ask(freshSession(), "Hi", bearer("mine"));
    expect(await short.json()).toMatchObject({ code: "misconfigured", detail: expect.stringContaining("SESSION_KEY") });
  });
});
