import { request } from "node:http";
import { describe, expect, inject, it } from "vitest";
import { MAX_APPEND_BODY, MAX_ASK_BODY, MAX_BODY, MAX_IMPORT_BODY } from "../../src/limits";
import { MOST_APPENDS, ordinaryAppendMs } from "../e2e/support/ordinary";
import { Workerd } from "../e2e/support/workerd";
import { schemas, surfaces } from "./schemas";
import { entries, texts } from "./texts";

const MEMORY_MB = 64;
/**
 * A request costs the least of so many measurements: an ordinary append beside it may be the faster by chance, and garbage
 * may be collected late.
 */
const MEASUREMENTS = 5;
/**
 * The memory of appends of 8 MiB, of Worker and object together: the body, its strings in both, and the garbage of their
 * words. In production, each has 128 MB of its own.
 */
const APPEND_MEMORY_MB = 80;
/** Every answer must be shorter than this number of bytes. */
const MAX_ANSWER = 100_000;

const bytes = (text: string) => new TextEncoder().encode(text).length;
/** Fills a body with as many different messages as it may contain. */
const appended = (make: () => string) => {
  const message = () => ({ role: "user", content: make() });
  const count = Math.min(1_000, Math.floor((8 * 1_048_576 - 100) / (bytes(JSON.stringify(message())) + 1)));
  return JSON.stringify({ messages: Array.from({ length: count }, message) });
};
const repeated = (part: string, size: number) => part.repeat(Math.floor(size / part.length)).replace(/,$/, "");
const MIB = 1_048_000;

type Case = [what: string, path: string, body: () => string, statuses: number[]];

const valid: Case[] = Object.entries(texts).flatMap(([what, make]): Case[] => [
  [`appended: ${what}`, "/sessions/s/messages", () => appended(() => make(31_900)), [201]],
  [`appended, long: ${what}`, "/sessions/s/messages", () => appended(() => make(399_900)), [201]],
  [`asked: ${what}`, "/ask", () => JSON.stringify({ sessionId: "s", question: make(31_900) }), [200, 413]],
  [`asked, long: ${what}`, "/ask", () => JSON.stringify({ sessionId: "s", question: make(399_900) }), [200, 413]],
  [`previewed, long: ${what}`, "/sessions/s/context", () => JSON.stringify({ question: make(399_900) }), [200, 413]],
  [`searched: ${what}`, "/sessions/s/search", () => JSON.stringify({ q: make(31_900), limit: 100 }), [200]],
  [`previewed: ${what}`, "/sessions/s/context", () => JSON.stringify({ question: make(31_900) }), [200, 413]],
  [
    `chatted: ${what}`,
    "/v1/chat/completions",
    () => {
      const message = { role: "user", content: make(31_000) };
      const before = Array.from({ length: 30 }, () => [{ role: "assistant", content: "ok" }, message]).flat();
      const messages = [message, ...before];
      while (bytes(JSON.stringify({ messages })) > MIB) messages.splice(0, 2);
      return JSON.stringify({ messages });
    },
    [200, 413],
  ],
]);

const halves = entries(250, () => '{"type":"text","text":"\\ud800"}');
const illFormed = (field: string) => `{"${field}":[${entries(900, () => `{"role":"user","content":[${halves}]}`)}]}`;

/** Bodies of many parts that are all invalid, each for a reason that only its schema finds. */
const refused: Case[] = [
  ["parts with half characters as input", "/v1/responses", () => illFormed("input"), [400]],
  ["parts with half characters as items", "/v1/conversations", () => illFormed("items"), [400]],
  ["parts with half characters as messages", "/v1/chat/completions", () => illFormed("messages"), [400]],
  [
    "half characters in one message",
    "/v1/responses",
    () => `{"input":[{"role":"user","content":[${entries(225_000, () => halves[0])}]}]}`,
    [400],
  ],
  [
    "numbers as metadata",
    "/v1/responses",
    () => `{"input":"Hi","metadata":{${entries(500_000, (at) => `"${at}":0`)}}}`,
    [400],
  ],
  [
    "numbers as modalities",
    "/v1/chat/completions",
    () => `{"messages":[{"role":"user","content":"Hi"}],"modalities":[${entries(4_000_000, () => 0)}]}`,
    [400],
  ],
];

const malformed: [what: string, body: string][] = [
  ["bad parts", `{"messages":[${repeated(`{"role":"user","content":[${"0,".repeat(999)}0]},`, MIB)}]}`],
  ["bad messages", `{"messages":[${repeated("0,", MIB)}]}`],
  ["bad input", `{"input":[${repeated("0,", MIB)}]}`],
  ["bad ids", `{"sessionIds":[${repeated("0,", MIB)}]}`],
  ["fields that nobody knows", `{${Array.from({ length: 100_000 }, (_, at) => `"${at}":0`).join(",")}}`],
  ["a field many times over", `{${repeated('"":0,', MIB)}}`],
  ["nesting", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ["nested messages", `{"messages":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
];

const PATHS = [
  "/ask",
  "/reset",
  "/tokens",
  "/sessions/s/messages",
  "/sessions/s/search",
  "/sessions/s/context",
  "/sessions/t/import",
  "/v1/chat/completions",
  "/v1/responses",
];

/** The largest bodies of routes that accept more than the default. */
const LIMITS: Record<string, number> = {
  "/ask": MAX_ASK_BODY,
  "/sessions/s/context": MAX_ASK_BODY,
  "/sessions/s/messages": MAX_APPEND_BODY,
  "/sessions/t/import": MAX_IMPORT_BODY,
  "/v1/chat/completions": MAX_APPEND_BODY,
  "/v1/responses": MAX_APPEND_BODY,
};

async function small(): Promise<Workerd> {
  const options = { bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" as const }, heapMb: MEMORY_MB };
  const server = new Workerd({ ...options, settings: { SESSION_KEY: "k".repeat(32), TOOL_MODEL: "llamory-offline" } });
  await server.start();
  await send(server, "/ask", JSON.stringify({ sessionId: "s", question: "Hello?" }));
  return server;
}

async function send(server: Workerd, path: string, body: string) {
  const headers = { "content-type": path.endsWith("/import") ? "application/x-ndjson" : "application/json" };
  const cpu = server.cpuMs();
  const response = await fetch(`${server.url}${path}`, { method: "POST", headers, body });
  const size = (await response.text()).length;
  return { status: response.status, size, cpu: server.cpuMs() - cpu };
}

/** Sends more white space than the route accepts, without end. */
function sendForever(server: Workerd, path: string): Promise<number | undefined> {
  const headers = { "content-type": path.endsWith("/import") ? "application/x-ndjson" : "application/json" };
  const limit = LIMITS[path] ?? MAX_BODY;
  return new Promise((resolve, reject) => {
    const sending = request(`${server.url}${path}`, { method: "POST", headers }, (response) => {
      resolve(response.statusCode);
      sending.destroy();
    });
    sending.on("error", reject);
    const part = `${" ".repeat(65_535)}\n`;
    const more = (left: number): void => {
      if (left > 0) sending.write(part, () => more(left - part.length));
    };
    more(limit + part.length);
  });
}

describe("the worst request of a kind", () => {
  it.each([...valid, ...refused])("%s: little CPU and memory", async (what, path, body, statuses) => {
    const most = what.startsWith("appended") ? APPEND_MEMORY_MB : MEMORY_MB;
    let [least, leastMemory] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    const isTooMuch = () => least >= MOST_APPENDS || leastMemory >= most;
    for (let measured = 0; measured < MEASUREMENTS && isTooMuch(); measured += 1) {
      await using server = await small();
      const before = server.peakMb();
      const { status, size, cpu } = await send(server, path, body());
      const memory = server.peakMb() - before;
      const appends = cpu / (await ordinaryAppendMs(server));
      console.log(`${what}: ${cpu.toFixed(0)} ms, ${appends.toFixed(1)} appends, ${memory.toFixed(0)} MB`);
      expect(statuses).toContain(status);
      expect(size).toBeLessThan(MAX_ANSWER);
      least = Math.min(least, appends);
      leastMemory = Math.min(leastMemory, memory);
    }
    expect(least).toBeLessThan(MOST_APPENDS);
    expect(leastMemory).toBeLessThan(most);
  });
});

describe.each(surfaces)("schemas of clients, by %s", (path, body) => {
  it("cost little CPU each and 64 MB, and the Worker answers others meanwhile", async () => {
    await using server = await small();
    const before = server.peakMb();
    let most = 0;
    for (const [what, schema, statuses] of schemas) {
      const json = typeof schema === "string" ? schema : JSON.stringify(schema);
      const sent = send(
        server,
        path,
        JSON.stringify(body({ "@": 0 })).replaceAll('{"@":0}', () => json),
      );
      const health = await fetch(`${server.url}/health`);
      const { status, cpu } = await sent;
      console.log(`${what}: ${status}, ${cpu.toFixed(0)} ms, ${(server.peakMb() - before).toFixed(0)} MB`);
      expect(health.status, what).toBe(200);
      // All functions of a request share one budget and the room in the prompt.
      const mayFail = "tools" in body({}) && !statuses.includes(400);
      expect(mayFail ? [200, 400, 413] : statuses, what).toContain(status);
      most = Math.max(most, cpu);
    }
    expect(server.peakMb() - before).toBeLessThan(MEMORY_MB);
    expect(most / (await ordinaryAppendMs(server))).toBeLessThan(MOST_APPENDS);
  });
});

describe.each(PATHS)("malformed bodies of %s", (path) => {
  it("are refused with little CPU each, and all in 64 MB", async () => {
    await using server = await small();
    const before = server.peakMb();
    let most = 0;
    for (const [what, body] of malformed) {
      const { status, size, cpu } = await send(server, path, body);
      console.log(`${what}: ${status}, ${size} B, ${cpu.toFixed(0)} ms, ${(server.peakMb() - before).toFixed(0)} MB`);
      expect(status, what).toBe(400);
      expect(size, what).toBeLessThan(MAX_ANSWER);
      most = Math.max(most, cpu);
    }
    expect(server.peakMb() - before).toBeLessThan(MEMORY_MB);
    expect(most / (await ordinaryAppendMs(server))).toBeLessThan(MOST_APPENDS);
    expect((await send(server, "/ask", JSON.stringify({ sessionId: "s", question: "Still there?" }))).status).toBe(200);
  });

  it("are not read for ever where they never end", async () => {
    await using server = await small();
    const [cpu, memory] = [server.cpuMs(), server.peakMb()];
    expect(await sendForever(server, path)).toBe(413);
    const spent = server.cpuMs() - cpu;
    expect(server.peakMb() - memory).toBeLessThan(MEMORY_MB);
    expect(spent / (await ordinaryAppendMs(server))).toBeLessThan(MOST_APPENDS);
  });
});
