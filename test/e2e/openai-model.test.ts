import { describe, expect, inject, it } from "vitest";
import { json, post, serve } from "./support/http";
import { Workerd } from "./support/workerd";

const start = async (address: string, settings: Record<string, string> = {}) => {
  const server = new Workerd({
    bundle: inject("bundle"),
    ai: { entrypoint: "OpenAIModel" },
    settings: { OPENAI_BASE_URL: `http://${address}/v1/`, MODEL: "llama3.2", FALLBACK_MODEL: "", ...settings },
  });
  await server.start();
  return server;
};
const question = { sessionId: "a", question: "Hello?" };

describe("OpenAIModel, over a server that speaks the OpenAI API", () => {
  it("asks with model, messages, limit and key", async () => {
    await using upstream = await serve((_, response) =>
      json(response, 200, {
        choices: [{ index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "length" }],
        usage: { prompt_tokens: 20, completion_tokens: 3, total_tokens: 23 },
      }),
    );
    await using server = await start(upstream.address, { OPENAI_API_KEY: "key-1" });
    const response = await post(`${server.url}/ask`, { ...question, maxTokens: 3 });
    expect(await response.json()).toMatchObject({
      answer: "Hello.",
      model: "llama3.2",
      finishReason: "length",
      usage: { promptTokens: 20, completionTokens: 3, totalTokens: 23 },
    });
    expect(upstream.received).toMatchObject([
      {
        url: "/v1/chat/completions",
        headers: { authorization: "Bearer key-1" },
        body: { model: "llama3.2", max_tokens: 3, messages: [{ role: "system" }, { role: "user", content: "Hello?" }] },
      },
    ]);
  });

  it("asks with functions and a schema as the OpenAI API has them", async () => {
    const called = { name: "weather", arguments: '{"city":"Paris"}' };
    await using upstream = await serve((_, response) =>
      json(response, 200, {
        choices: [{ message: { content: null, tool_calls: [{ id: "1", type: "function", function: called }] } }],
      }),
    );
    await using server = await start(upstream.address);
    const schema = { type: "object", properties: { degrees: { type: "integer" } }, required: ["degrees"] };
    const weather = { name: "weather", description: "The weather of a city", parameters: { type: "object" } };
    const tools = [{ type: "function", function: weather }];
    const response = await post(`${server.url}/v1/chat/completions`, {
      messages: [{ role: "user", content: "What is the weather in Paris?" }],
      tools,
      response_format: { type: "json_schema", json_schema: { name: "weather", schema } },
    });
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: null, tool_calls: [{ function: called }] }, finish_reason: "tool_calls" }],
    });
    expect(upstream.received[0]?.body).toMatchObject({
      tools,
      tool_choice: "auto",
      response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
    });
  });

  it.each([
    [401, "bad key", 502, "model_account"],
    [402, "insufficient credits", 502, "model_account"],
    [404, "model 'llama3.2' not found", 502, "model_unavailable"],
    [400, "this model's maximum context length is 10 tokens", 413, "prompt_too_long"],
    [400, "bad request", 500, "model_request_refused"],
    [429, "slow down", 503, "model_busy"],
    [500, "boom", 503, "model_busy"],
  ])("tells its HTTP %i, %s", async (upstreamStatus, message, status, code) => {
    await using upstream = await serve((_, response) => json(response, upstreamStatus, { error: { message } }));
    await using server = await start(upstream.address);
    const response = await post(`${server.url}/ask`, question);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  // LM Studio begins a stream before it reads the prompt; OpenRouter answers before its provider does.
  it.each<[message: string, error: object, status: number, code: string, calls: number]>([
    [
      "a context that is too small",
      { message: "n_keep 5000 is greater than the context length" },
      413,
      "prompt_too_long",
      2,
    ],
    ["a busy provider", { code: 503, message: "no provider" }, 503, "model_busy", 3],
    ["a spent account", { code: 402, message: "no credits" }, 502, "model_account", 1],
  ])("tells an error that arrives with status 200: %s", async (_, error, status, code, calls) => {
    await using upstream = await serve(({ body }, response) => {
      if (JSON.stringify(body).includes('"stream":true')) {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end(`event: error\ndata: ${JSON.stringify({ error })}\n\n`);
      } else json(response, 200, { error });
    });
    await using server = await start(upstream.address);
    for (const stream of [false, true]) {
      const before = upstream.received.length;
      const response = await post(`${server.url}/ask`, { ...question, stream });
      expect([response.status, await response.json()]).toMatchObject([status, { code }]);
      expect(upstream.received.length - before).toBe(calls);
    }
  });

  it("passes on a stream whose first chunk ends anywhere", async () => {
    const events = 'data: {"choices":[{"delta":{"content":"Hello, Zoë."}}]}\n\ndata: [DONE]\n\n';
    for (const length of [1, 5, 20, 45, 60]) {
      await using upstream = await serve((_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(events.slice(0, length), () => response.end(events.slice(length)));
      });
      await using server = await start(upstream.address);
      const response = await post(`${server.url}/v1/chat/completions`, {
        messages: [{ role: "user", content: "Hello?" }],
        stream: true,
      });
      expect(await response.text()).toContain("Hello, Zoë.");
    }
  });

  it("tells a server that is not there", async () => {
    const gone = await serve(() => {});
    await gone[Symbol.asyncDispose]();
    await using server = await start(gone.address);
    const response = await post(`${server.url}/ask`, question);
    expect(await response.json()).toMatchObject({
      code: "model_unreachable",
      status: 502,
      detail: expect.stringContaining("ollama serve"),
    });
    expect(server.log).toContain('"cause":"unreachable"');
  });
});
