import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { freshUser } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

const request = (method: string, params?: unknown, more: object = {}) =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, method, params, ...more });

async function send(body: string, headers: Record<string, string> = {}) {
  const response = await llamory.post("/mcp", body, headers);
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

const refused = (code: number) => ({
  status: 400,
  body: { jsonrpc: "2.0", id: null, error: { code, message: expect.stringMatching(/\w{3}/) } },
});

const call = async (name: string, args: unknown) => {
  const { body } = await send(request("tools/call", { name, arguments: args }));
  return body.result as { content: { text: string }[]; isError: boolean };
};

describe("POST /mcp", () => {
  it.each([
    ["nothing", ""],
    ["a brace", "{"],
    ["a control character", "\0"],
    ["half a message", '{"jsonrpc":"2.0","id":1,"method":"ping"'],
    ["a word", "ping"],
    ["100,000 brackets", "[".repeat(100_000)],
  ])("answers -32700 to what is not JSON: %s", async (_what, body) => {
    expect(await send(body)).toEqual(refused(-32700));
  });

  it.each<[what: string, body: unknown]>([
    ["a batch", [{ jsonrpc: "2.0", id: 1, method: "ping" }]],
    ["a batch of notifications", [{ jsonrpc: "2.0", method: "notifications/initialized" }]],
    ["an empty batch", []],
    ["an id of null", { jsonrpc: "2.0", id: null, method: "ping" }],
    ["an id that is an object", { jsonrpc: "2.0", id: {}, method: "ping" }],
    ["an id that is true", { jsonrpc: "2.0", id: true, method: "ping" }],
    ["no version", { id: 1, method: "ping" }],
    ["another version", { jsonrpc: "1.0", id: 1, method: "ping" }],
    ["a method that is no text", { jsonrpc: "2.0", id: 1, method: 7 }],
    ["a method of null", { jsonrpc: "2.0", id: 1, method: null }],
    ["neither a method nor a reply", { jsonrpc: "2.0", id: 1 }],
    ["nothing", {}],
    ["params that are text", { jsonrpc: "2.0", id: 1, method: "ping", params: "x" }],
    ["params that are a list", { jsonrpc: "2.0", id: 1, method: "ping", params: [] }],
    ["text", "ping"],
    ["null", null],
    ["a number", 1],
  ])("answers -32600 to %s", async (_what, body) => {
    expect(await send(JSON.stringify(body))).toEqual(refused(-32600));
  });

  it("answers 400 to a version of the protocol that it does not speak, and speaks all that it lists", async () => {
    for (const version of ["1999-01-01", "2025-06-19", "", "2025-06-18, 2025-03-26", "x".repeat(1_000)]) {
      expect(await send(request("ping"), { "mcp-protocol-version": version }), version).toEqual(refused(-32600));
    }
    for (const version of ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]) {
      const pong = { status: 200, body: { jsonrpc: "2.0", id: 1, result: {} } };
      expect(await send(request("ping"), { "mcp-protocol-version": version })).toEqual(pong);
      const { body } = await send(request("initialize", { protocolVersion: version }));
      expect(body.result.protocolVersion).toBe(version);
    }
    const { body } = await send(request("initialize", { protocolVersion: "1999-01-01" }));
    expect(body.result.protocolVersion).toBe("2025-11-25");
  });

  it("takes notifications and replies without an answer", async () => {
    for (const message of [
      { method: "notifications/initialized" },
      { method: "notifications/nothing", params: null },
      { id: 1, result: {} },
      { id: "a", error: { code: -32601, message: "no" } },
    ]) {
      expect(await send(JSON.stringify({ jsonrpc: "2.0", ...message }))).toEqual({ status: 202, body: null });
    }
  });

  it("answers unknown methods, tools and resources with a code, under the id of the request", async () => {
    const error = async (method: string, params?: unknown) => {
      const { status, body } = await send(request(method, params, { id: "my id" }));
      expect([status, body.id]).toEqual([200, "my id"]);
      return body.error.code;
    };
    expect(await error("nothing")).toBe(-32601);
    expect(await error("tools/call", { name: "nothing" })).toBe(-32602);
    expect(await error("tools/call", { name: "__proto__" })).toBe(-32602);
    expect(await error("tools/call", null)).toBe(-32602);
    expect(await error("resources/read")).toBe(-32602);
    expect(await error("resources/read", { uri: null })).toBe(-32602);
    for (const uri of [
      "",
      "llamory://nowhere",
      "llamory://sessions/%/transcript",
      "llamory://sessions/%E0%A4%A/transcript",
      "llamory://sessions/%ff/transcript",
      "llamory://sessions/a%0Ab/transcript",
      "llamory://sessions/%2e%2e/transcript",
      "llamory://sessions//transcript",
      "llamory://sessions/a/transcript/b",
      `llamory://sessions/${"a".repeat(129)}/transcript`,
    ]) {
      expect(await error("resources/read", { uri }), uri).toBe(-32002);
    }
    const { body } = await send(request("resources/read", { uri: "llamory://sessions/a%40b/transcript" }));
    expect(body.result.contents).toHaveLength(1);
  });

  it("names the invalid arguments of a call, each in a line", async () => {
    const sessionId = freshSession();
    const refused = await call("remember", { sessionId, messages: [{ role: "nobody", content: "", extra: 1 }] });
    expect(refused.isError).toBe(true);
    const lines = refused.content[0]?.text.split("\n") ?? [];
    expect(lines.map((line) => line.replace(/: .*/, ""))).toEqual([
      ...["messages.0.role", "messages.0.content", "messages.0.extra"],
    ]);
    const both = await call("search_memory", { query: "x" });
    expect(both).toEqual({ content: [{ type: "text", text: "give either `sessionId` or `userId`" }], isError: true });
  });

  it("takes null for an optional argument, at every level, and for no required one", async () => {
    const [sessionId, userId] = [freshSession(), freshUser()];
    const messages = [{ role: "user", content: "The honey is ripe.", name: null, createdAt: null }];
    expect(await call("remember", { sessionId, userId: null, messages })).toMatchObject({ isError: false });
    const searched = await call("search_memory", { sessionId, userId: null, query: "honey", limit: null });
    expect(searched.content[0]?.text).toContain("The honey is ripe.");
    expect(await call("get_history", { sessionId, limit: null })).toMatchObject({ isError: false });
    expect(await call("ask", { sessionId, userId: null, question: "Is it?" })).toMatchObject({ isError: false });
    expect(await call("search_memory", { sessionId: null, userId, query: "x" })).toMatchObject({ isError: false });
    for (const args of [
      null,
      {},
      { sessionId: null, question: "Hi" },
      { sessionId, question: null },
      { sessionId, messages: [null] },
    ]) {
      expect(await call("messages" in (args ?? {}) ? "remember" : "ask", args)).toMatchObject({ isError: true });
    }
    expect((await send(request("tools/list", null))).body.result.tools).not.toHaveLength(0);
    expect((await send(request("tools/list", { cursor: null, _meta: null }))).status).toBe(200);
  });

  it("deletes one turn, which the history names, and forks a conversation", async () => {
    const sessionId = freshSession();
    await call("ask", { sessionId, question: "The code is xylophone." });
    await call("ask", { sessionId, question: "It rains." });
    const history = (await call("get_history", { sessionId })).content[0]?.text ?? "";
    const [turnId] = [...history.matchAll(/\(turn (\S+)\)/g)].map(([, id]) => id);
    const copied = (await call("fork", { sessionId, before: 3 })).content[0]?.text ?? "";
    expect(copied).toMatch(/^Copied 2 messages into the conversation /);
    expect(await llamory.transcript(copied.match(/[\w-]{36}/)?.[0] ?? "")).toHaveLength(2);
    expect(await call("delete_turn", { sessionId, turnId })).toMatchObject({
      content: [{ text: "Forgot 2 messages." }],
    });
    expect(await llamory.transcript(sessionId)).toHaveLength(2);
    expect(await call("delete_turn", { sessionId, turnId })).toMatchObject({ isError: true });
  });

  it("lists schemas without patterns, which grammars of clients cannot read", async () => {
    const { tools } = (await send(request("tools/list"))).body.result;
    expect(JSON.stringify(tools)).not.toContain('"pattern"');
  });

  it("fails with the cause if the configuration does not bind the static files", async () => {
    const response = await worker({ ASSETS: undefined }).post("/mcp", request("tools/list"));
    expect(await response.json()).toMatchObject({ code: "misconfigured", detail: expect.stringContaining("[assets]") });
  });

  it("refuses bodies that are too large or of another type as any route does", async () => {
    const large = await llamory.post("/mcp", request("ping", { x: "x".repeat(1_100_000) }));
    expect(await large.json()).toMatchObject({ status: 413, code: "body_too_large" });
    const typed = await llamory.post("/mcp", request("ping"), { "content-type": "text/plain" });
    expect(await typed.json()).toMatchObject({ status: 415, code: "unsupported_media_type" });
  });
});

describe("the tool forget", () => {
  it("offers the facts, turns and appended messages that match, with the calls that delete them, and deletes nothing", async () => {
    const [userId, [asked = "", appended = ""]] = [freshUser(), [freshSession(), freshSession()]];
    const turn = await llamory.post("/ask", { sessionId: asked, userId, question: "My diagnosis is xylophobia." });
    const { turnId } = await turn.json<{ turnId: string }>();
    const messages = [{ role: "user", content: "Xylophobia is a secret." }];
    await call("remember", { sessionId: appended, userId, messages });
    await call("remember_fact", { userId, text: "Has xylophobia." });
    const offered = async (args: object) => (await call("forget", { query: "xylophobia", ...args })).content[0]?.text;
    await eventually(async () => {
      const text = await offered({ userId });
      expect(text).toMatch(/^forget_fact \[.*\] \S+: Has xylophobia\.$/m);
      expect(text).toContain(`delete_turn ${asked} ${turnId}: `);
      expect(text).toContain(`delete_message ${appended} 1: `);
    });
    expect(await offered({ sessionId: appended })).toMatch(new RegExp(`^delete_message ${appended} 1: .*secret\\.$`));
    expect(await offered({ userId, query: "bassoon" })).toBe("Nothing matches.");
    expect((await call("forget", { userId })).isError).toBe(true);
    expect((await call("delete_message", { sessionId: appended, seq: 1 })).content[0]?.text).toBe("Forgotten.");
    expect((await call("delete_turn", { sessionId: asked, turnId })).isError).toBe(false);
    await eventually(async () => expect(await offered({ userId })).toMatch(/^forget_fact .*$/));
  });
});
