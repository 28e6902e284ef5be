import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { json, type Received, serve } from "./http";
import { Workerd } from "./workerd";

export const TOKEN = "test-token";

/** Returns the model's reply to a question; by default it repeats the conversation. */
function model({ body }: Received, response: ServerResponse): void {
  const { inputs } = body as { inputs: { messages: { role: string; content: string }[]; stream?: boolean } };
  const question = inputs.messages.at(-1)?.content ?? "";
  if (question.includes("allowance")) {
    json(response, 429, { name: "AiError", internalCode: 4006, description: "spent" });
    return;
  }
  const said = inputs.messages
    .filter(({ role }) => role === "user")
    // Removes the date before a message, because it differs between runs.
    .map(({ content }) => content.replace(/^\[\w{3} \d{4}-\d\d-\d\d\] /, ""));
  const text = `You said: ${said.join(" | ")}`;
  const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
  if (!inputs.stream) {
    json(response, 200, { response: text, usage });
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  if (question.includes("ponder")) response.write('data: {"response":"<think>Hm, well.</think>"}\n\n');
  for (const word of text.split(/(?<= )/)) response.write(`data: ${JSON.stringify({ response: word })}\n\n`);
  if (question.includes("break")) {
    response.end();
    return;
  }
  response.write(`data: ${JSON.stringify({ response: "", usage })}\n\n`);
  if (question.includes("forever")) return;
  response.end("data: [DONE]\n\n");
}

/** Starts a server that requires a token. A test controls its model through the questions. */
export async function openaiServer(bundle: string) {
  const upstream = await serve(model);
  const server = new Workerd({
    bundle,
    ai: { upstream: upstream.address },
    settings: { AUTH: "tokens", API_TOKENS: createHash("sha256").update(TOKEN).digest("hex") },
  });
  await server.start();
  return {
    url: server.url,
    baseURL: `${server.url}/v1`,
    received: upstream.received,
    async stop() {
      await server[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

export const freshSession = () => `s-${crypto.randomUUID()}`;

export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};
