import { afterEach, describe, expect, it, vi } from "vitest";
import { ChatDO } from "../../src/do/chat";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

/** Makes objects report a model time that is longer by this number of milliseconds. */
function slower(ms: number) {
  const ask = ChatDO.prototype.ask;
  vi.spyOn(ChatDO.prototype, "ask").mockImplementation(async function (this: ChatDO, request) {
    const reply = await ask.call(this, request);
    return reply.state === "failed" ? reply : { ...reply, modelMs: reply.modelMs + ms };
  });
}

afterEach(() => vi.restoreAllMocks());

const durations = (response: Response) =>
  [...(response.headers.get("server-timing") ?? "").matchAll(/(\w+);dur=(\S+?)(?:,|$)/g)].map(([, , ms]) => Number(ms));

describe("Server-Timing and the log", () => {
  it.each([60_000, -60_000])("never show a negative time, also where an object's clock is %s ms off", async (ms) => {
    const logged = vi.spyOn(console, "info");
    slower(ms);
    const session = freshSession();
    const key = { "idempotency-key": "k" };
    const streams = { accept: "text/event-stream" };
    for (const headers of [{}, key, key, { ...key, ...streams }, streams]) {
      const response = await llamory.ask(session, "Hi", headers);
      expect(response.status).toBe(200);
      await response.text();
      const [memory = -1, model = -1, total = -1] = durations(response);
      expect(Math.min(memory, model)).toBeGreaterThanOrEqual(0);
      expect(memory + model).toBeLessThanOrEqual(total + 1);
    }
    const lines = logged.mock.calls.map(([line]) => JSON.parse(String(line)));
    expect(lines.filter(({ event }) => event === "request")).toHaveLength(5);
    for (const { memoryMs = 0, modelMs } of lines) expect(Math.min(memoryMs, modelMs)).toBeGreaterThanOrEqual(0);
  });
});
