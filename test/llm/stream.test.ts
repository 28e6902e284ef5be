import { describe, expect, it } from "vitest";
import { readModelStream } from "../../src/llm/stream";
import type { ModelEvent } from "../../src/turn/types";

const encoder = new TextEncoder();
const never = new AbortController().signal;

async function read(chunks: Uint8Array[]): Promise<ModelEvent[]> {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events: ModelEvent[] = [];
  for await (const event of readModelStream(stream, 1_000, never)) events.push(event);
  return events;
}

const sse = (...chunks: unknown[]) =>
  chunks.map((chunk) => `data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`).join("");
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const counted = { promptTokens: 5, completionTokens: 2, totalTokens: 7 };
const delta = (content: string | null, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
});
const said = (...texts: string[]) => texts.map((text) => ({ type: "text", text }));
const end = (more: object = {}) => ({ type: "end", finishReason: "stop", usage: undefined, ...more });

const forms: [form: string, bytes: string, events: object[]][] = [
  ["response", sse({ response: "Olá " }, { response: "🐝!" }, "[DONE]"), [...said("Olá ", "🐝!"), end()]],
  ["choices", sse(delta("Hel"), delta("lo"), delta(null, "stop"), "[DONE]"), [...said("Hel", "lo"), end()]],
  [
    "both in one chunk",
    sse({ response: "a", ...delta("a") }, { response: "b", ...delta("b") }, "[DONE]"),
    [...said("a", "b"), end()],
  ],
  [
    "both, one empty",
    sse({ response: "", ...delta("a") }, { response: "b", ...delta("") }, "[DONE]"),
    [...said("a", "b"), end()],
  ],
  [
    "usage on every chunk",
    sse({ response: "a", usage }, { response: "b", usage }, "[DONE]"),
    [...said("a", "b"), end({ usage: counted })],
  ],
  [
    "usage on a last chunk",
    sse(delta("a"), delta("", "length"), { choices: [], usage }, "[DONE]"),
    [...said("a"), end({ finishReason: "length", usage: counted })],
  ],
  ["numbers", sse({ response: 4 }, { response: 2 }, "[DONE]"), [...said("4", "2"), end()]],
  ["no [DONE], but a finish reason", sse(delta("a"), delta("", "stop")), [...said("a"), end()]],
  [
    "neither: cut off",
    sse({ response: "a" }),
    [...said("a"), { type: "failed", failure: { reason: "model_interrupted" } }],
  ],
  ["nothing said", sse({ response: "" }, "[DONE]"), [{ type: "failed", failure: { reason: "model_reply_empty" } }]],
  ["no bytes", "", [{ type: "failed", failure: { reason: "model_interrupted" } }]],
  ["plain JSON", JSON.stringify({ response: "é whole", usage }), [...said("é whole"), end({ usage: counted })]],
  [
    "plain JSON, an error",
    JSON.stringify({ errors: [{ message: "boom" }] }),
    [{ type: "failed", failure: { reason: "model_reply_malformed" } }],
  ],
  [
    "an error in the middle",
    sse({ response: "a" }, { error: "boom" }),
    [...said("a"), { type: "failed", failure: { reason: "model_reply_malformed" } }],
  ],
  [
    "carriage returns, comments and no space",
    `: hi\r\n\r\ndata:{"response":"a"}\r\n\r\nevent: x\r\ndata: [DONE]\r\n\r\n`,
    [...said("a"), end()],
  ],
];

describe("a model's stream", () => {
  it.each(forms)("is read whole: %s", async (_form, bytes, events) => {
    expect(await read([encoder.encode(bytes)])).toEqual(events);
  });

  it.each(forms)("is read the same split at every position, and byte for byte: %s", async (_form, text, events) => {
    const bytes = encoder.encode(text);
    for (let at = 1; at < bytes.length; at += 1) {
      expect(await read([bytes.slice(0, at), bytes.slice(at)])).toEqual(events);
    }
    expect(await read(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(events);
  });
});
