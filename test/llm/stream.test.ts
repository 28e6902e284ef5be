import { describe, expect, it } from "vitest";
import { readModelStream } from "../../src/llm/stream";
import { failed, ok } from "../../src/turn/result";

const encoder = new TextEncoder();
const never = new AbortController().signal;

/** The text and the end of a stream. */
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
    totalMs: 10_000,
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

  /** A stream that sends a piece every few milliseconds, and then its end. */
  const slow = (piece: string, pieces: number, end: string) => {
    let left = pieces;
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        left -= 1;
        controller.enqueue(encoder.encode(left > 0 ? piece : end));
        if (left <= 0) controller.close();
      },
    });
  };
  const options = { signal: never, request: {}, onPart: () => {} };

  it.each([
    ["comments", ": thinking\n\n"],
    ["pings", "event: ping\ndata: {}\n\n"],
    ["reasoning", sse({ choices: [{ delta: { reasoning: "Hm. " } }] })],
    ["parts of a call", sse({ choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: "" } }] } }] })],
  ])("that sends %s is alive", async (_what, piece) => {
    const stream = slow(piece, 100, sse({ response: "a" }, "[DONE]"));
    expect(await readModelStream(stream, { ...options, stallMs: 100, totalMs: 60_000 })).toEqual(end());
  });

  it("that is alive and does not come to an end is given up at its limit", async () => {
    const stream = slow(": thinking\n\n", Infinity, "");
    const read = await readModelStream(stream, { ...options, stallMs: 60_000, totalMs: 50 });
    expect(read).toEqual(failed({ reason: "model_timeout" }));
  });

  it("in which nothing arrives is given up", async () => {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(encoder.encode(": hi\n\n")),
    });
    const read = await readModelStream(stream, { ...options, stallMs: 30, totalMs: 60_000 });
    expect(read).toEqual(failed({ reason: "model_stalled" }));
  });
});
