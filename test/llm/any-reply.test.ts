import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Request } from "../../src/llm/answer";
import { readModelStream } from "../../src/llm/stream";
import type { AnswerPart } from "../../src/turn/ports";
import { otherForms, type Recorded } from "../support/replies";
import { runs } from "../support/runs";

const files = import.meta.glob<string>("../replies/*/*.{json,sse}", { query: "?raw", import: "default", eager: true });
const recorded = Object.entries(files).flatMap(([path, text]) => {
  const reply: Recorded = { name: path, text, folder: "answer", isStream: path.endsWith(".sse") };
  return [text, ...Object.values(otherForms(reply))];
});

const tool = { name: "get_weather", description: "The weather of a city", parameters: '{"type":"object"}' };
const request: Request = { tools: { list: [tool], required: false, parallel: true } };
const encoder = new TextEncoder();
const never = new AbortController().signal;

/** Returns a stream's text of each kind and its end, without the ids that differ on every run. */
async function read(chunks: Uint8Array[]) {
  const said: Record<AnswerPart["kind"], string> = { text: "", reasoning: "", refusal: "" };
  const bytes = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const onPart = ({ kind, text }: AnswerPart) => {
    said[kind] += text;
  };
  const end = await readModelStream(bytes, { stallMs: 5_000, streamMs: 9_000, signal: never, request, onPart });
  return { said, end: JSON.parse(JSON.stringify(end, (name, value) => (name === "id" ? undefined : value))) };
}

const whole = (text: string) => read([encoder.encode(text)]);

/** Events without content, as servers and proxies send them. */
const padding = [
  ": OPENROUTER PROCESSING\n\n",
  ":\n\n",
  "data:\n\n",
  "data: {}\n\n",
  "data: null\n\n",
  "data: 42\n\n",
  'data: "ok"\n\n',
  'data: {"p":"abcd"}\n\n',
  'data: {"response":"","p":"abcdefgh"}\n\n',
  'data: {"response":null}\n\n',
  'event: ping\ndata: {"type":"ping"}\n\n',
  'event: metrics\ndata: {"tokens":3,"ms":[1,2]}\n\n',
  'data: {"timings":{"prompt_n":1}}\n\n',
  'data: {"choices":[],"usage":null}\n\n',
  'data: {"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}\n\n',
  'data: {"choices":[{"index":0,"delta":{},"finish_reason":null}],"error":null}\n\n',
  'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[]}}]}\n\n',
  "id: 7\n\n",
  "retry: 100\n\n",
];

/** Inserts other events into a stream. Returns a body unchanged if it is not a stream. */
const padded = (text: string, at: { place: number; event: string }[]) => {
  if (!/^(?:data|event|:)/.test(text)) return text;
  const events = text.replaceAll("\r\n", "\n").split(/(?<=\n\n)/);
  for (const { place, event } of at) events.splice(place % events.length, 0, event);
  return events.join("");
};

const cutAt = (bytes: Uint8Array, places: number[]) => {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, at) => bytes.slice(ends[at - 1] ?? 0, end));
};

const insertions = fc.array(fc.record({ place: fc.nat(), event: fc.constantFrom(...padding) }), { maxLength: 12 });
const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe("any reply of a model", () => {
  it("gives the same, cut at any byte, and with padding, comments and pings at any place", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...recorded), insertions, cuts, async (text, at, places) => {
        const bytes = encoder.encode(padded(text, at));
        expect(await read(cutAt(bytes, places))).toEqual(await whole(text));
      }),
      { numRuns: runs(500, 2_000) },
    );
  });

  const pieces = [
    "<think>",
    "</think>",
    "<|eot_id|>",
    "<|python_tag|>",
    "get_weather",
    '(city="Paris")',
    "[",
    "]",
    "\n\n",
  ];
  const more = [
    '{"name": "get_weather", "parameters": ',
    '{"city": "Rome"}',
    "}",
    "assistant\n\n",
    "```json\n",
    "```",
    "<",
    "|>",
  ];
  const headers = [
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "<tool_call>",
    "</tool_call>",
    "<function=get_weather>",
  ];
  const others = ["<thinking>", "</thinking>", "<th", "analysis", "They", "assistant", "final", "</end_of_turn>", " "];
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom(...pieces, ...more, ...headers, ...others),
        fc.string({ unit: "grapheme", maxLength: 8 }),
      ),
      {
        maxLength: 8,
      },
    )
    .map((parts) => parts.join(""));
  const finish = fc.constantFrom("stop", "length", "tool_calls", "content_filter");

  it("gives the same, whatever its text is and however it comes in pieces", async () => {
    await fc.assert(
      fc.asyncProperty(text, text, finish, cuts, fc.boolean(), async (content, thought, reason, places, isOwn) => {
        const chunk = (delta: object, finish_reason: string | null = null) =>
          isOwn && "content" in delta ? { response: delta.content } : { choices: [{ index: 0, delta, finish_reason }] };
        const stream = (texts: string[]) =>
          [chunk({ reasoning_content: thought }), ...texts.map((part) => chunk({ content: part })), chunk({}, reason)]
            .map((data) => `data: ${JSON.stringify(data)}\n\n`)
            .join("");
        const ends = [...new Set(places.map((place) => place % (content.length + 1)))].sort((a, b) => a - b);
        const texts = [...ends, content.length].map((end, at) => content.slice(ends[at - 1] ?? 0, end));
        expect(await whole(stream(texts))).toEqual(await whole(stream([content])));
      }),
      { numRuns: runs(500, 2_000) },
    );
  });

  it("has no half of a call in its text, at any time", async () => {
    const calls = ['{"name": "get_weather", "parameters": {"city": "Paris"}}', '[get_weather(city="Paris")]'];
    for (const call of calls) {
      for (let end = 1; end < call.length; end += 1) {
        const data = [...call.slice(0, end)].map((response) => `data: ${JSON.stringify({ response })}\n\n`).join("");
        const { said, end: cut } = await whole(data);
        expect(cut).toMatchObject({ failure: { reason: "model_interrupted" } });
        expect(call.slice(0, end).includes("get_weather") ? said.text : "").toBe("");
      }
    }
  });
});
