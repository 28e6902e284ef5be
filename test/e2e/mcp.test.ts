import { createHash } from "node:crypto";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ask, post } from "./support/http";
import { Workerd } from "./support/workerd";

const TOKEN = "my-token";

/** Connects the protocol's official client. */
async function connect(url: string, token = TOKEN): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" });
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));
  return client;
}

describe("an official MCP client", () => {
  let server: Workerd;
  let client: Client;

  beforeAll(async () => {
    const API_TOKENS = createHash("sha256").update(TOKEN).digest("hex");
    const other = createHash("sha256").update("another's").digest("hex");
    const settings = { AUTH: "tokens", API_TOKENS: `${API_TOKENS},acme:${other}` };
    server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" }, settings });
    await server.start();
    client = await connect(server.url);
  });
  afterAll(async () => {
    await client?.close();
    await server?.[Symbol.asyncDispose]();
  });

  const call = async (name: string, args: Record<string, unknown>, by = client) => {
    const { content, isError } = await by.callTool({ name, arguments: args });
    return { text: (content as { text: string }[])[0]?.text ?? "", isError: isError ?? false };
  };

  it("lists every tool, each with what it takes", async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      ...["ask", "search_memory", "get_history", "remember", "delete_turn", "fork", "forget"],
      ...["delete_message", "delete_conversation", "get_facts", "remember_fact", "change_fact", "forget_fact"],
    ]);
    for (const { name, description, inputSchema } of tools) {
      expect(description).toMatch(/\w{3}/);
      expect(inputSchema.properties).toHaveProperty(name.includes("fact") ? "userId" : "sessionId");
    }
    expect(client.getServerVersion()).toMatchObject({ name: "llamory" });
  });

  it("calls every tool, and reads the transcript", async () => {
    const sessionId = "by-mcp";
    const messages = [{ role: "user", name: "Ana", content: "The honey is ripe in July." }];
    expect(await call("remember", { sessionId, messages })).toMatchObject({ text: "Remembered as messages 1 to 1." });
    expect((await call("ask", { sessionId, question: "When is the honey ripe?" })).text).toContain("July");
    expect((await call("search_memory", { sessionId, query: "honey in July", limit: 1 })).text).toContain(
      "Ana: The honey is ripe",
    );
    expect((await call("get_history", { sessionId })).text.split("\n")).toHaveLength(3);
    const { contents } = await client.readResource({ uri: `llamory://sessions/${sessionId}/transcript` });
    expect(JSON.stringify(contents)).toContain("The honey is ripe in July.");
    expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(1);
    expect(await call("delete_conversation", { sessionId })).toMatchObject({
      text: "Forgot 3 messages.",
      isError: false,
    });
    expect((await call("get_history", { sessionId })).text).toBe("The conversation is empty.");
  });

  it("knows a person across conversations, by what they said and by facts", async () => {
    const userId = "ana";
    await call("ask", { sessionId: "monday", userId, question: "My dog is called Rex." });
    await expect.poll(async () => (await call("search_memory", { userId, query: "dog" })).text).toContain("Rex");
    expect((await call("ask", { sessionId: "tuesday", userId, question: "What is my dog called?" })).text).toContain(
      "Rex",
    );
    const messages = [{ role: "user", content: "I was born in Porto." }];
    await call("remember", { sessionId: "wednesday", userId, messages });
    await expect
      .poll(async () => (await call("search_memory", { userId, query: "Porto" })).text)
      .toMatch(/^wednesday \[.*\] user: I was born in Porto\./);
    const { text } = await call("remember_fact", { userId, text: "Is allergic to nuts." });
    const factId = /^Remembered as (.+)\.$/.exec(text)?.[1];
    expect((await call("get_facts", { userId })).text).toContain(`${factId}: Is allergic to nuts.`);
    expect((await call("change_fact", { userId, factId, text: "Is allergic to bees." })).text).toMatch(
      new RegExp(`${factId}: Is allergic to bees\\.$`),
    );
    expect(await call("forget_fact", { userId, factId })).toMatchObject({ text: "Forgotten.", isError: false });
    expect(await call("forget_fact", { userId, factId })).toMatchObject({ isError: true });
    expect((await call("get_facts", { userId })).text).toBe("There are no facts.");
    for (const both of [{}, { sessionId: "monday", userId }]) {
      expect(await call("search_memory", { query: "dog", ...both })).toMatchObject({ isError: true });
    }
  });

  it("finds what a session was told through /ask", async () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    await post(`${server.url}/ask`, { sessionId: "told", question: "My dog is called Rex." }, headers);
    expect((await call("search_memory", { sessionId: "told", query: "What is my dog called?" })).text).toContain("Rex");
    const other = await connect(server.url, "another's");
    expect((await call("search_memory", { sessionId: "told", query: "dog" }, other)).text).not.toContain("Rex");
    await other.close();
  });

  it("is told what is wrong, and stays connected", async () => {
    expect(await call("ask", { sessionId: "no/slash", question: "Hi" })).toMatchObject({ isError: true });
    expect(await call("remember", { sessionId: "s", messages: [] })).toMatchObject({ isError: true });
    await expect(client.callTool({ name: "nothing" })).rejects.toThrow("no such tool");
    await expect(client.readResource({ uri: "llamory://nowhere" })).rejects.toThrow("Resources are named");
    await expect(client.readResource({ uri: "llamory://sessions/%/transcript" })).rejects.toThrow(
      "Resources are named",
    );
    expect(await call("get_history", { sessionId: "s", limit: null })).toMatchObject({ isError: false });
    await client.ping();
  });

  it("is kept out without a token", async () => {
    await expect(connect(server.url, "wrong")).rejects.toThrow();
    await expect(ask(server.url, "s", "Hi")).resolves.toMatchObject({ code: "unauthorized" });
  });
});
