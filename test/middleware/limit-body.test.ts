import { describe, expect, it } from "vitest";
import { MAX_BODY } from "../../src/limits";
import { freshSession, worker } from "../support/worker";

const JSON_TYPE = { "content-type": "application/json" };

/** Sends a body in chunks, so that its length is unknown. */
const sendChunks = (path: string, chunks: Uint8Array[], headers: Record<string, string> = {}) =>
  worker().fetch(path, {
    method: "POST",
    headers: { ...JSON_TYPE, ...headers },
    body: new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    }),
  });

/** Returns a body of JSON with a number of bytes. */
const bodyOf = (size: number) => new TextEncoder().encode(`{"query":"${"a".repeat(size - 12)}"}`);
const cut = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size));

describe("a body of unknown length", () => {
  it("reaches its handler unchanged, even if chunks split its characters", async () => {
    const sessionId = freshSession();
    const body = new TextEncoder().encode(JSON.stringify({ messages: [{ role: "user", content: "Grüße 🐝" }] }));
    const response = await sendChunks(`/sessions/${sessionId}/messages`, cut(body, 1));
    expect(response.status).toBe(201);
    expect(await worker().transcript(sessionId)).toEqual(["user: Grüße 🐝"]);
  });

  it.each([
    ["as large as the limit", MAX_BODY, 400],
    ["a byte larger", MAX_BODY + 1, 413],
  ])("is counted: %s", async (_what, size, status) => {
    expect((await sendChunks("/tokens", cut(bodyOf(size), 100_000))).status).toBe(status);
  });

  it("is counted in spite of a smaller content-length", async () => {
    const headers = { "content-length": "2", "transfer-encoding": "chunked" };
    expect((await sendChunks("/tokens", [bodyOf(MAX_BODY + 1)], headers)).status).toBe(413);
  });
});

it("a body of a known length is refused by its content-length", async () => {
  const headers = { "content-length": String(MAX_BODY + 1) };
  expect((await sendChunks("/tokens", [bodyOf(20)], headers)).status).toBe(413);
});
