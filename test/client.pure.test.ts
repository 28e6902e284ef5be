import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AskError, askStream, type ConnectionOptions, type StreamEvent, turnStream } from "../src/client";

const URL = "http://llamory.test";
const DELTA = 'id: t:5\nevent: delta\ndata: {"text":"Hello"}\n\n';
const DONE = 'id: t:5\nevent: done\ndata: {"answer":"Hello"}\n\n';

const stream = (text: string) => new Response(text);
const refusal = (status: number, headers: Record<string, string> = {}) =>
  Response.json(
    { title: "", status, detail: `refused with ${status}`, code: "c", requestId: "r" },
    { status, headers },
  );
const lost = () => Promise.reject(new TypeError("fetch failed"));

/** Answers each request with the next of these; the last one answers all further requests. */
function server(...replies: (() => Response | Promise<Response>)[]) {
  const requests: string[] = [];
  const send: typeof fetch = async (input, init) => {
    requests.push(`${init?.method ?? "GET"} ${String(input).slice(URL.length)}`);
    init?.signal?.throwIfAborted();
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    return reply ? reply() : lost();
  };
  return { requests, send };
}

async function read(events: AsyncGenerator<StreamEvent>): Promise<string[]> {
  const names: string[] = [];
  for await (const { event } of events) names.push(event);
  return names;
}

const follow = (send: typeof fetch, options: ConnectionOptions = {}) =>
  read(turnStream(URL, { sessionId: "a", turnId: "t" }, { fetch: send, ...options }));
const ask = (send: typeof fetch, options: ConnectionOptions = {}) =>
  read(askStream(URL, { sessionId: "a", question: "Hello?" }, { fetch: send, ...options }));

describe("a client that follows a turn", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("stops waiting for the next attempt as soon as it is aborted", async () => {
    const { send, requests } = server(lost);
    const abort = new AbortController();
    const waits = Promise.withResolvers<void>();
    const reading = follow(send, { signal: abort.signal, onRetry: () => waits.resolve() });
    const failed = expect(reading).rejects.toThrow("no longer wanted");
    await waits.promise;
    // No timer fires in this test.
    abort.abort(new Error("no longer wanted"));
    await failed;
    expect(requests).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("yields nothing after it is aborted, not even what it has received", async () => {
    const { send, requests } = server(() => stream(DELTA + DELTA + DONE));
    const abort = new AbortController();
    const events = turnStream(URL, { sessionId: "a", turnId: "t" }, { fetch: send, signal: abort.signal });
    expect((await events.next()).value).toMatchObject({ event: "delta" });
    abort.abort(new Error("no longer wanted"));
    await expect(events.next()).rejects.toThrow("no longer wanted");
    expect((await events.next()).done).toBe(true);
    expect(requests).toHaveLength(1);
  });

  it("does not wait if it is aborted when the connection is lost", async () => {
    const { send } = server(lost);
    const abort = new AbortController();
    const onRetry = () => abort.abort(new Error("no longer wanted"));
    await expect(follow(send, { signal: abort.signal, onRetry })).rejects.toThrow("no longer wanted");
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([429, 500, 502, 503, 504])("tries again after a refusal with %i", async (status) => {
    const { send, requests } = server(
      () => refusal(status),
      () => stream(DELTA),
      () => refusal(status),
      () => stream(DONE),
    );
    const reading = follow(send);
    await vi.runAllTimersAsync();
    expect(await reading).toEqual(["delta", "done"]);
    expect(requests).toHaveLength(4);
  });

  it.each([
    ["a lost connection", lost],
    ["a refusal that is no problem", () => new Response("<h1>Bad gateway</h1>", { status: 502 })],
  ])("tries again after %s", async (_, reply) => {
    const { send } = server(reply, () => stream(DONE));
    const reading = follow(send);
    await vi.runAllTimersAsync();
    expect(await reading).toEqual(["done"]);
  });

  it.each([
    ["in seconds", () => "7"],
    ["as a date", () => new Date(Date.now() + 7_000).toUTCString()],
  ])("waits as long as Retry-After says, %s", async (_, value) => {
    vi.setSystemTime(new Date("2026-01-01T00:00:00Z"));
    vi.spyOn(Math, "random").mockReturnValue(0);
    const { send, requests } = server(
      () => refusal(503, { "retry-after": value() }),
      () => stream(DONE),
    );
    const reading = follow(send);
    await vi.advanceTimersByTimeAsync(6_999);
    expect(requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(requests).toHaveLength(2);
    expect(await reading).toEqual(["done"]);
  });

  it("waits a minute at most between two attempts", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const { send, requests } = server(lost);
    const reading = follow(send, { retries: 2_000 });
    const failed = expect(reading).rejects.toThrow("fetch failed");
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    const before = requests.length;
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(requests.length - before).toBe(10);
    await vi.runAllTimersAsync();
    await failed;
  });

  it("fails at once where a retry makes no sense within a minute", async () => {
    for (const reply of [() => refusal(404), () => refusal(401), () => refusal(429, { "retry-after": "3600" })]) {
      const { send, requests } = server(reply);
      await expect(follow(send)).rejects.toBeInstanceOf(AskError);
      expect(requests).toHaveLength(1);
    }
  });

  it("fails with the last refusal after as many attempts as it was allowed", async () => {
    const { send, requests } = server(() => refusal(503));
    const reading = follow(send, { retries: 3 });
    const failed = expect(reading).rejects.toThrow("refused with 503");
    await vi.runAllTimersAsync();
    await failed;
    expect(requests).toHaveLength(4);
  });
});

describe("a client that asks", () => {
  it.each([400, 429, 503])("reports a refusal with %i at once", async (status) => {
    const { send, requests } = server(() => refusal(status));
    await expect(ask(send)).rejects.toThrow(`refused with ${status}`);
    expect(requests).toEqual(["POST /ask"]);
  });

  it("sends no key with an ask that stores nothing, and does not resume it", async () => {
    const { send, requests } = server(() => stream(DELTA));
    const headers: Headers[] = [];
    const spy: typeof fetch = (input, init) => {
      headers.push(new Headers(init?.headers));
      return send(input, init);
    };
    const request = { sessionId: "a", question: "Hello?", remember: false };
    await expect(read(askStream(URL, request, { fetch: spy }))).rejects.toThrow("The stream ended");
    expect(headers.map((one) => one.has("idempotency-key"))).toEqual([false]);
    expect(requests).toEqual(["POST /ask"]);
  });

  it("follows the turn where the connection broke, through refusals", async () => {
    vi.useFakeTimers();
    const { send, requests } = server(
      () => stream(DELTA),
      () => refusal(503),
      () => stream(DONE),
    );
    const reading = ask(send);
    await vi.runAllTimersAsync();
    vi.useRealTimers();
    expect(await reading).toEqual(["delta", "done"]);
    expect(requests).toEqual(["POST /ask", "GET /sessions/a/turns/t/stream", "GET /sessions/a/turns/t/stream"]);
  });
});
