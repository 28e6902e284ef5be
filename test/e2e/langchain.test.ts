import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { collect, freshSession, openaiServer, TOKEN } from "./support/openai-server";

let server: Awaited<ReturnType<typeof openaiServer>>;

beforeAll(async () => {
  server = await openaiServer(inject("bundle"));
});

afterAll(() => server.stop());

describe("@langchain/openai", () => {
  const chat = (headers: Record<string, string> = {}) =>
    new ChatOpenAI({
      model: "llama",
      apiKey: TOKEN,
      maxRetries: 0,
      streamUsage: true,
      configuration: { baseURL: server.baseURL, defaultHeaders: headers },
    });

  const responses = (modelKwargs = {}) =>
    new ChatOpenAI({
      model: "llama",
      apiKey: TOKEN,
      maxRetries: 0,
      useResponsesApi: true,
      modelKwargs,
      configuration: { baseURL: server.baseURL },
    });
  const APIS = [
    ["chat completions", chat],
    ["responses", responses],
  ] as const;

  it.each(APIS)("invokes and streams, with usage, through %s", async (_api, model) => {
    const message = await model().invoke("Hello");
    expect(message.text).toBe("You said: Hello");
    expect(message.usage_metadata?.total_tokens).toBe(18);
    const chunks = await collect(await model().stream("Hello"));
    expect(chunks.map(({ text }) => text).join("")).toBe("You said: Hello");
    expect(chunks.some(({ usage_metadata }) => usage_metadata?.total_tokens === 18)).toBe(true);
  });

  it.each(APIS)("is told errors before and in a stream, and may abort, through %s", async (_api, model) => {
    await expect(model().invoke("allowance")).rejects.toMatchObject({ status: 429 });
    await expect(collect(await model().stream("break"))).rejects.toThrow();
    const abort = new AbortController();
    const stream = await model().stream("forever", { signal: abort.signal });
    await expect(
      (async () => {
        for await (const _chunk of stream) abort.abort();
      })(),
    ).rejects.toThrow();
  });

  it("remembers in a conversation, and continues a response", async () => {
    const conversation = freshSession();
    await responses({ conversation }).invoke("I am Ana.");
    const streamed = await collect(await responses({ conversation }).stream("Who am I?"));
    expect(streamed.map(({ text }) => text).join("")).toBe("You said: I am Ana. | Who am I?");
    const { id } = await responses().invoke("I am Ben.");
    const continued = await responses().invoke("Who am I?", { previous_response_id: id });
    expect(continued.text).toBe("You said: I am Ben. | Who am I?");
  });

  it("remembers on the server, by a header", async () => {
    const headers = { "X-Session-Id": freshSession() };
    await chat(headers).invoke("I am Ana.");
    expect((await chat(headers).invoke("Who am I?")).content).toBe("You said: I am Ana. | Who am I?");
  });
});
