/** The recorded replies of test/replies: the expected view of a client, and the same reply in other forms. */
import { expect } from "vitest";

/** A folder of test/replies. */
export type Folder =
  | "answer"
  | "reasoned"
  | "call"
  | "two-calls"
  | "text"
  | "json"
  | "cut"
  | "filtered"
  | "refused"
  | "broken";

export interface Recorded {
  folder: Folder;
  /** For example `call/openai.json`. */
  name: string;
  /** The text as the server sent it. */
  text: string;
  isStream: boolean;
}

/** An answer as a client of chat completions sees it. */
export interface Seen {
  content: string | null;
  reasoning: string;
  refusal: string;
  calls: [name: string, values: unknown][];
  finish: string | null;
}

const ANSWER = "It is sunny in Paris.";
const nothing = { reasoning: "", refusal: "", calls: [] };
const paris: Seen["calls"][number] = ["get_weather", { city: "Paris" }];
const rome: Seen["calls"][number] = ["get_weather", { city: "Rome" }];

/** Returns the view that a client must have of a reply. */
export function expected({ folder, text }: Recorded): object {
  switch (folder) {
    case "answer":
      return { ...nothing, content: ANSWER, finish: "stop" };
    case "reasoned":
      return { ...nothing, content: ANSWER, reasoning: "They ask about Paris.", finish: "stop" };
    case "call":
      return { content: null, refusal: "", calls: [paris], finish: "tool_calls" };
    case "two-calls":
      return { ...nothing, content: null, calls: [paris, rome], finish: "tool_calls" };
    case "text":
      return { ...nothing, content: contentIn(text), finish: "stop" };
    case "json":
      return { content: '{"name":"Ana","age":7}', calls: [], finish: "stop" };
    case "cut":
      return { content: expect.stringMatching(/^(?:It is)?$/), refusal: "", calls: [], finish: "length" };
    case "filtered":
      return { ...nothing, content: expect.stringMatching(/^(?:It is)?$/), finish: "content_filter" };
    case "refused":
      return { ...nothing, content: null, refusal: "I cannot help with that.", finish: "stop" };
    case "broken":
      return {};
  }
}

interface Fields {
  content?: string | null;
  reasoning_content?: string | null;
  refusal?: string | null;
  tool_calls?: { index?: number; function: { name?: string; arguments: string } }[];
}
export interface Reply {
  choices: { message: Fields; delta: Fields; finish_reason: string | null }[];
  response?: string | null;
  finish_reason?: string;
  usage?: object;
}

const contentIn = (text: string): string =>
  text.startsWith("{")
    ? (JSON.parse(text).choices[0].message.content ?? "")
    : chunksIn(text)
        .map((chunk) => chunk.choices[0]?.delta.content ?? "")
        .join("");

/** Returns the chunks of a stream that this server sends. */
export const chunksIn = (text: string): Reply[] =>
  [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json = ""]) => JSON.parse(json));

/** Returns a client's view of a completion. */
export function seenWhole({ choices: [choice] }: Reply): Seen {
  const { content = null, reasoning_content, refusal, tool_calls = [] } = choice?.message ?? {};
  return {
    content,
    reasoning: reasoning_content ?? "",
    refusal: refusal ?? "",
    calls: tool_calls.map(({ function: { name = "", arguments: json } }) => [name, JSON.parse(json)]),
    finish: choice?.finish_reason ?? null,
  };
}

/** Returns a client's view of a stream, joined as the SDKs do; `content` is null if there was no text. */
export function seenStreamed(text: string): Seen {
  const choices = chunksIn(text).flatMap(({ choices }) => choices);
  const join = (name: "content" | "reasoning_content" | "refusal") =>
    choices.map(({ delta }) => delta[name] ?? "").join("");
  const calls: { name: string; json: string }[] = [];
  for (const { index = 0, function: part } of choices.flatMap(({ delta }) => delta.tool_calls ?? [])) {
    calls[index] ??= { name: "", json: "" };
    calls[index].name += part.name ?? "";
    calls[index].json += part.arguments;
  }
  const [content, refusal] = [join("content"), join("refusal")];
  return {
    content: content === "" && (calls.length > 0 || refusal !== "") ? null : content,
    reasoning: join("reasoning_content"),
    refusal,
    calls: calls.map(({ name, json }) => [name, JSON.parse(json)]),
    finish: choices.findLast(({ finish_reason }) => finish_reason)?.finish_reason ?? null,
  };
}

const sse = (chunks: object[]) =>
  `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`;

/** Splits a text into pieces that are shorter than any tag. */
const pieces = (text: string): string[] => text.match(/[\s\S]{1,3}/g) ?? [];

/** Converts a whole reply to other forms: an OpenAI stream, Workers AI's own reply, and its stream. */
export function otherForms({ text, isStream }: Recorded): Record<string, string> {
  const reply = isStream || !text.startsWith("{") ? undefined : (JSON.parse(text) as Reply);
  const choice = reply?.choices?.[0];
  if (!reply || !choice || typeof (choice.message.content ?? "") !== "string") return {};
  const { content, tool_calls: calls, ...more } = choice.message;
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  const others = Object.entries(more).filter(([, value]) => typeof value === "string" && value !== "assistant");
  const length = Math.max(0, ...others.map(([, value]) => String(value).length));
  // Fields with the same value come in the same chunks.
  const otherChunks = Array.from({ length: Math.ceil(length / 3) }, (_, at) =>
    chunk(Object.fromEntries(others.map(([name, value]) => [name, String(value).slice(at * 3, at * 3 + 3)]))),
  );
  const streamed = sse([
    chunk({ role: "assistant", content: "" }),
    ...otherChunks,
    ...pieces(content ?? "").map((piece) => chunk({ content: piece })),
    ...(calls ?? []).map((call, index) => chunk({ tool_calls: [{ index, ...call }] })),
    chunk({}, choice.finish_reason),
    { choices: [], usage: reply.usage },
  ]);
  if (others.length > 0) return { "an OpenAI stream": streamed };
  const end = { response: "", usage: reply.usage, finish_reason: choice.finish_reason };
  const own = calls?.map((call) => ("function" in call ? call.function : call));
  return {
    "an OpenAI stream": streamed,
    "Workers AI's reply": JSON.stringify({ ...end, response: content, tool_calls: own }),
    "Workers AI's stream": sse([
      ...pieces(content ?? "").map((response) => ({ response, p: "abcd" })),
      ...(own ? [{ response: "", tool_calls: own }] : []),
      end,
    ]),
  };
}
