import { afterEach, describe, expect, it, vi } from "vitest";
import { readModelStream } from "../../src/llm/stream";
import { failed, ok } from "../../src/turn/result";
import { eventually } from "../support/eventually";

const encoder = new TextEncoder();
const never = new AbortController().signal;

/** Returns the text and the end of a stream. */
async function read(chunks: Uint8Array[], broken = false) {
  const left = [...chunks];
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = left.shift();
      if (chunk) controller.enqueue(chunk);
      else if (broken) controller.error(new Error("Network connection lost."));
      else controller.close();
    },
  });
  let said = "";
  const end = await readModelStream(stream, {
    stallMs: 1_000,
    streamMs: 60_000,
    request: {},
    signal: never,
    onPart: ({ text }) => {
      said += text;
    },
  });
  return { said, end };
}

const sse = (...chunks: unknown[]) =>
  chunks.map((chunk) => `data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`).join("");
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const counted = { promptTokens: 5, completionTokens: 2 };
const delta = (content: string | null, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
});
const end = (more: object = {}) => ok({ finishReason: "stop", usage: {}, ...more });

const forms: [form: string, bytes: string, said: string, end: object][] = [
  ["response", sse({ response: "Olá " }, { response: "🐝!" }, "[DONE]"), "Olá 🐝!", end()],
  ["choices", sse(delta("Hel"), delta("lo"), delta(null, "stop"), "[DONE]"), "Hello", end()],
  ["both in one chunk", sse({ response: "a", ...delta("a") }, { response: "b", ...delta("b") }, "[DONE]"), "ab", end()],
  ["both, one empty", sse({ response: "", ...delta("a") }, { response: "b", ...delta("") }, "[DONE]"), "ab", end()],
  [
    "usage on every chunk",
    sse({ response: "a", usage }, { response: "b", usage }, "[DONE]"),
    "ab",
    end({ usage: counted }),
  ],
  [
    "usage on a last chunk",
    sse(delta("a"), delta("", "length"), { choices: [], usage }, "[DONE]"),
    "a",
    end({ finishReason: "length", usage: counted }),
  ],
  ["numbers", sse({ response: 4 }, { response: 2 }, "[DONE]"), "42", end()],
  ["numbers in reasoning", sse({ choices: [{ delta: { reasoning_content: 4 } }] }, delta("2"), "[DONE]"), "42", end()],
  ["no [DONE], but a finish reason", sse(delta("a"), delta("", "stop")), "a", end()],
  ["neither: cut off", sse({ response: "a" }), "a", failed({ reason: "model_interrupted" })],
  ["nothing said", sse({ response: "" }, "[DONE]"), "", failed({ reason: "model_reply_empty" })],
  ["no bytes", "", "", failed({ reason: "model_interrupted" })],
  ["plain JSON", JSON.stringify({ response: "é whole", usage }), "é whole", end({ usage: counted })],
  [
    "plain JSON, an error",
    JSON.stringify({ errors: [{ message: "boom" }] }),
    "",
    failed({ reason: "model_reply_malformed" }),
  ],
  [
    "an error in the middle",
    sse({ response: "a" }, { error: "boom" }),
    "a",
    failed({ reason: "model_reply_malformed" }),
  ],
  [
    "carriage returns, comments and no space",
    `: hi\r\n\r\ndata:{"response":"a"}\r\n\r\nevent: x\r\ndata: [DONE]\r\n\r\n`,
    "a",
    end(),
  ],
  ["a last [DONE] without a blank line", `${sse({ response: "a" })}data: [DONE]`, "a", end()],
  [
    "a chunk that is cut in the middle",
    `${sse({ response: "a" })}data: {"resp`,
    "a",
    failed({ reason: "model_interrupted" }),
  ],
];

describe("a model's stream", () => {
  it.each(forms)("is read whole: %s", async (_form, bytes, said, end) => {
    expect(await read([encoder.encode(bytes)])).toEqual({ said, end });
  });

  it.each(forms)("is read the same split at every position, and byte for byte: %s", async (_form, text, said, end) => {
    const bytes = encoder.encode(text);
    for (let at = 1; at < bytes.length; at += 1) {
      expect(await read([bytes.slice(0, at), bytes.slice(at)])).toEqual({ said, end });
    }
    expect(await read(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual({ said, end });
  });

  it("that breaks was whole where it had given its finish reason, and cut off where it had not", async () => {
    const chunks = (reason: string | null) => [encoder.encode(sse(delta("a"), delta("b", reason)))];
    expect(await read(chunks("stop"), true)).toEqual({ said: "ab", end: end() });
    expect(await read(chunks(null), true)).toEqual({ said: "ab", end: failed({ reason: "model_interrupted" }) });
  });

  it("that does not end is cut where no storage could hold it, as at the limit of a reply", async () => {
    const { said, end } = await read(
      Array.from({ length: 50 }, () => encoder.encode(sse({ response: "a".repeat(10_000) }))),
    );
    expect(said).toHaveLength(400_000);
    expect(end).toMatchObject({ value: { finishReason: "length" } });
  });
});

describe("the text of a model's stream", () => {
  afterEach(() => vi.useRealTimers());

  it("does not wait for the next token", async () => {
    let send: (...events: unknown[]) => void = () => {};
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        send = (...events) => controller.enqueue(encoder.encode(sse(...events)));
      },
    });
    let said = "";
    const onPart = ({ text }: { text: string }) => {
      said += text;
    };
    const reading = readModelStream(stream, { stallMs: 60_000, streamMs: 60_000, request: {}, signal: never, onPart });
    for (const response of ["One ", "two ", "three ", "four."]) {
      send({ response });
      const sent = said + response;
      await eventually(() => expect(said).toBe(sent));
    }
    send("[DONE]");
    expect(await reading).toEqual(end());
  });

  it("is not stalled while a batch waits, however short a stall is", async () => {
    vi.useFakeTimers();
    let sent = 0;
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        const timer = setInterval(() => {
          sent += 1;
          controller.enqueue(encoder.encode(sse(sent < 20 ? { response: "Yes. " } : "[DONE]")));
          if (sent === 20) clearInterval(timer);
        }, 10);
      },
    });
    const options = { stallMs: 25, streamMs: 60_000, request: {}, signal: never, onPart: () => {} };
    const reading = readModelStream(stream, options);
    for (let steps = 0; steps < 100; steps += 1) await vi.advanceTimersByTimeAsync(5);
    expect(await reading).toEqual(end());
  });

  it("is read at once if it is there, in however many pieces", async () => {
    vi.useFakeTimers();
    const pieces = Array.from({ length: 2_000 }, () => encoder.encode(sse({ response: "a" })));
    const { said } = await read([...pieces, encoder.encode(sse("[DONE]"))]);
    expect(said).toBe("a".repeat(2_000));
  });
});

describe("a model's stream that never ends", () => {
  afterEach(() => vi.useRealTimers());

  /** Reads a stream that sends something every second. Returns the seconds until it is cut. */
  async function endless(bytes: string | null) {
    vi.useFakeTimers();
    const started = Date.now();
    let timer: ReturnType<typeof setInterval> | null = null;
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        if (bytes !== null) timer = setInterval(() => controller.enqueue(encoder.encode(bytes)), 1_000);
      },
      cancel: () => clearInterval(timer),
    });
    let ended: unknown;
    const tools = { list: [], required: false, parallel: true };
    const options = { stallMs: 5_000, streamMs: 30_000, request: { tools }, signal: never, onPart: () => {} };
    const reading = readModelStream(stream, options).then((end) => {
      ended = end;
    });
    while (ended === undefined && Date.now() - started < 100_000) await vi.advanceTimersByTimeAsync(500);
    clearInterval(timer);
    await reading;
    return { seconds: (Date.now() - started) / 1_000, ended };
  }
  const calls = (part: object) => ({ choices: [{ index: 0, delta: { tool_calls: [part] } }] });

  // A server that counts tokens, reasons or writes a long call is active, whatever bytes it sends.
  it.each<[what: string, bytes: string]>([
    ["text", sse({ response: "a" })],
    ["empty text", sse({ response: "" })],
    ["reasoning", sse({ choices: [{ delta: { reasoning: "Hm. " } }] })],
    ["parts of a call", sse(calls({ index: 0, function: { arguments: " " } }))],
    ["empty parts of a call", sse(calls({ index: 0, function: { arguments: "" } }))],
    ["comments", ": thinking\n\n"],
    ["pings", "event: ping\ndata: {}\n\n"],
  ])("is alive, and cut at its total limit, while it sends %s", async (_what, bytes) => {
    const { seconds, ended } = await endless(bytes);
    expect(ended).toEqual(failed({ reason: "model_timeout" }));
    expect(seconds).toBe(30);
  });

  it("is cut as stalled while nothing arrives", async () => {
    const { seconds, ended } = await endless(null);
    expect(ended).toEqual(failed({ reason: "model_stalled" }));
    expect(seconds).toBe(5);
  });
});
