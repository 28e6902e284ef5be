import { describe, expect, inject, it } from "vitest";
import { Workerd } from "./support/workerd";

const HEAD = `${JSON.stringify({ llamory: "session", version: 1 })}\n`;
const end = (messages: number) => `${JSON.stringify({ end: { messages } })}\n`;
const NOW = Date.UTC(2026, 0, 1);
const time = (at: number) => new Date(NOW + at * 60_000).toISOString();

/** Yields the lines of an export: messages and turns of every status, with this number of messages in all. */
function* entries(messages: number, text: string): Generator<string> {
  const statuses = ["complete", "interrupted", "cancelled"];
  for (let at = 0; at < messages; at += 4) {
    for (const role of ["user", "assistant"]) {
      const name = role === "user" ? "Ana" : undefined;
      yield `${JSON.stringify({ message: { role, name, content: `${at} \u{1f36f} ${text}`, createdAt: time(at) } })}\n`;
    }
    const status = statuses[(at / 4) % 3];
    yield `${JSON.stringify({
      turn: {
        id: `turn-${at}`,
        question: `What was said ${at} times? ${text}`,
        answer: status === "cancelled" ? "" : `"${at}"`,
        status,
        model: "@cf/meta/llama",
        finishReason: status === "complete" ? "stop" : null,
        usage: { promptTokens: at, completionTokens: 3, totalTokens: at + 3 },
        memory: {
          tokens: at,
          window: { fromSeq: 1, toSeq: 2 },
          recalled: [{ seq: 1, score: 0.1 + at, words: 0.1, meaning: at }],
          recall: "words+meaning",
          omitted: at,
        },
        createdAt: time(at + 2),
        finishedAt: time(at + 3),
      },
    })}\n`;
  }
}

/** Sends an import while generating it, one megabyte at a time. */
function importInto(url: string, session: string, lines: Iterable<string>, messages: number): Promise<Response> {
  const parts = (function* () {
    let part = HEAD;
    for (const line of lines) {
      part += line;
      if (part.length < 1_000_000) continue;
      yield part;
      part = "";
    }
    yield part + end(messages);
  })();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = parts.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
  });
  const headers = { "content-type": "application/x-ndjson" };
  const init: RequestInit & { duplex: "half" } = { method: "POST", headers, body, duplex: "half" };
  return fetch(`${url}/sessions/${session}/import`, init);
}

describe("a session of 10,000 messages of every status", () => {
  it("is exported, imported and exported again byte by byte the same", async () => {
    await using server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" } });
    await server.start();
    const text = [HEAD, ...entries(10_000, "The honey is ripe."), end(10_000)].join("");
    const exported = async (session: string) => (await fetch(`${server.url}/sessions/${session}/export`)).text();
    expect((await importInto(server.url, "a", entries(10_000, "The honey is ripe."), 10_000)).status).toBe(201);
    const first = await exported("a");
    expect(first).toBe(text);
    const headers = { "content-type": "application/x-ndjson" };
    const again = await fetch(`${server.url}/sessions/b/import`, { method: "POST", headers, body: first });
    expect(again.status).toBe(201);
    expect(await exported("b")).toBe(text);
  });

  it("and of many megabytes goes in and out in constant memory", async () => {
    await using server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" }, heapMb: 48 });
    await server.start();
    const long = "honey ".repeat(5_000);
    const through = async (session: string, messages: number) => {
      expect((await importInto(server.url, session, entries(messages, long), messages)).status).toBe(201);
      const response = await fetch(`${server.url}/sessions/${session}/export`);
      let bytes = 0;
      for await (const chunk of response.body ?? []) bytes += chunk.byteLength;
      return bytes / 1e6;
    };
    await through("small", 40);
    const before = server.peakMb();
    const megabytes = await through("large", 2_400);
    expect(megabytes).toBeGreaterThan(50);
    // A body in memory would take more: as bytes, as text and as messages.
    expect(server.peakMb() - before).toBeLessThan(megabytes);
    // The slowest test: it indexes 54 MB, which takes more than a minute while other processes use the cores.
  }, 240_000);
});
