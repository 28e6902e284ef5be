import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { post } from "../e2e/support/http";
import { MOST_APPENDS, ordinaryAppendMs } from "../e2e/support/ordinary";
import { Workerd } from "../e2e/support/workerd";

/** The memory of an object. */
const MEMORY_MB = 128;
/** The longest messages, of characters of two bytes. Every place has a word of the question. */
const LONGEST = "蜂蜜".repeat(200_000);
const QUESTION = "蜂蜜在哪里？";
/** A question of few tokens and many characters. */
const LONG_QUESTION = `Where is the honey 蜂蜜?${" ".repeat(80_000)}?`;

async function withMessages(content: string, count: number) {
  const server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" }, heapMb: MEMORY_MB });
  await server.start();
  const most = Math.floor(8_000_000 / new TextEncoder().encode(content).length);
  for (let left = count; left > 0; left -= most) {
    const messages = Array.from({ length: Math.min(left, most) }, () => ({ role: "user", content }));
    expect((await post(`${server.url}/sessions/s/messages`, { messages })).status).toBe(201);
  }
  return server;
}

/** Sends a request, and returns its CPU as a multiple of an ordinary append. */
async function appendsFor(server: Workerd, path: string, body: object, headers?: Record<string, string>) {
  const before = server.cpuMs();
  expect((await post(`${server.url}${path}`, body, headers)).status).toBe(200);
  const cpu = server.cpuMs() - before;
  const appends = cpu / (await ordinaryAppendMs(server));
  console.log(`${path}: ${cpu.toFixed(0)} ms, ${appends.toFixed(1)} appends`);
  return appends;
}

describe("in a session of the longest messages, with the memory of an object", () => {
  let server: Workerd;
  beforeAll(async () => {
    server = await withMessages(LONGEST, 120);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each<[what: string, path: string, body: object, headers?: Record<string, string>]>([
    ["a search", "/sessions/s/search", { q: QUESTION, limit: 100 }],
    [
      "a preview of a large prompt with reasons",
      "/sessions/s/context",
      { question: QUESTION, recallTokens: 100_000, explain: Array.from({ length: 100 }, (_, at) => at + 1) },
    ],
    [
      "a history that is not in the transcript",
      "/v1/chat/completions",
      {
        messages: [
          { role: "user", content: "It began otherwise." },
          { role: "assistant", content: "It did." },
          { role: "user", content: "And now?" },
        ],
      },
      { "x-openwebui-chat-id": "s" },
    ],
    ["an ask", "/ask", { sessionId: "s", question: QUESTION }],
  ])("%s costs little CPU", async (_what, path, body, headers) => {
    expect(await appendsFor(server, path, body, headers)).toBeLessThan(MOST_APPENDS);
  });
});

it("a question that was asked a thousand times costs little CPU, and the memory of an object", async () => {
  await using server = await withMessages(LONG_QUESTION, 1_000);
  const body = { sessionId: "s", question: LONG_QUESTION };
  expect(await appendsFor(server, "/ask", body)).toBeLessThan(MOST_APPENDS);
});
