/** The model behind the clients. It follows the question and replies in Workers AI's form or in OpenAI's. */
import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { json, type Received, serve } from "../e2e/support/http";
import { Workerd } from "../e2e/support/workerd";

export const TOKEN = "test-token";
export const FORMS = ["Workers AI", "OpenAI"] as const;
export type Form = (typeof FORMS)[number];

interface Inputs {
  messages: { role: string; content: string }[];
  tools?: { function: { name: string } }[];
  tool_choice?: string;
  response_format?: object;
  stream?: boolean;
}

interface Call {
  name: string;
  arguments: object;
}

const PERSON = { name: "Ana", age: 7 };
const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

/** Calls `weather` if the question is about it, a transfer if there is one, and a required tool with a person. */
function callOf({ messages, tools = [], tool_choice }: Inputs): Call | undefined {
  const last = messages.at(-1);
  const named = (part: string) => tools.find((tool) => tool.function.name.includes(part))?.function.name;
  const transfer = named("transfer");
  if (last?.role === "user" && transfer) return { name: transfer, arguments: {} };
  const weather = named("weather");
  const asked = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const answered = messages.some(({ role, content }) => role === "tool" && content.includes("degrees"));
  if (weather && asked.includes("weather") && !answered) return { name: weather, arguments: { city: "Paris" } };
  const must = tool_choice === "required" ? tools[0]?.function.name : named("extract");
  return must === undefined ? undefined : { name: must, arguments: PERSON };
}

function textOf({ messages, response_format }: Inputs): string {
  const last = messages.at(-1);
  const asked = messages.findLast(({ role }) => role === "user")?.content ?? "";
  if (response_format || /JSON/.test(messages.map(({ content }) => content).join(" "))) return JSON.stringify(PERSON);
  return last?.role === "tool" ? `It has ${last.content}.` : `You said: ${asked}`;
}

const openaiCall = ({ name, arguments: given }: Call, index?: number) => ({
  ...(index !== undefined && { index }),
  id: "call_of_the_model",
  type: "function",
  function: { name, arguments: JSON.stringify(given) },
});

function whole(form: Form, text: string, call: Call | undefined): object {
  if (form === "Workers AI") return { response: call ? null : text, ...(call && { tool_calls: [call] }), usage };
  const message = { role: "assistant", content: call ? null : text, ...(call && { tool_calls: [openaiCall(call)] }) };
  return { choices: [{ index: 0, message, finish_reason: call ? "tool_calls" : "stop" }], usage };
}

function parts(form: Form, text: string, call: Call | undefined): object[] {
  const words = call ? [] : text.split(/(?<= )/);
  if (form === "Workers AI") {
    return [...words.map((response) => ({ response })), { response: "", ...(call && { tool_calls: [call] }), usage }];
  }
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  return [
    ...words.map((content) => chunk({ content })),
    ...(call ? [chunk({ tool_calls: [openaiCall(call, 0)] })] : []),
    chunk({}, call ? "tool_calls" : "stop"),
    { choices: [], usage },
  ];
}

function answer(form: Form, { body }: Received, response: ServerResponse): void {
  const { inputs } = body as { inputs: Inputs };
  const call = callOf(inputs);
  const text = textOf(inputs);
  if (!inputs.stream) {
    json(response, 200, whole(form, text, call));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const part of parts(form, text, call)) response.write(`data: ${JSON.stringify(part)}\n\n`);
  response.end("data: [DONE]\n\n");
}

/** Starts a server that requires a token and uses that model. */
export async function serverOf(form: Form, bundle: string) {
  const upstream = await serve((received, response) => answer(form, received, response));
  const server = new Workerd({
    bundle,
    ai: { upstream: upstream.address },
    settings: {
      AUTH: "tokens",
      API_TOKENS: createHash("sha256").update(TOKEN).digest("hex"),
      TOOL_MODEL: "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
    },
  });
  await server.start();
  return {
    url: server.url,
    baseURL: `${server.url}/v1`,
    async stop() {
      await server[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}
