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

  it("invokes and streams, with usage", async () => {
    const message = await chat().invoke("Hello");
    expect(message.content).toBe("You said: Hello");
    expect(message.usage_metadata?.total_tokens).toBe(18);
    const chunks = await collect(await chat().stream("Hello"));
    expect(chunks.map(({ content }) => content).join("")).toBe("You said: Hello");
    expect(chunks.some(({ usage_metadata }) => usage_metadata?.total_tokens === 18)).toBe(true);
  });

  it("is told errors before and in a stream, and may abort", async () => {
    await expect(chat().invoke("allowance")).rejects.toMatchObject({ status: 429 });
    await expect(collect(await chat().stream("break"))).rejects.toThrow();
    const abort = new AbortController();
    const stream = await chat().stream("forever", { signal: abort.signal });
    await expect(
      (async () => {
        for await (const _chunk of stream) abort.abort();
      })(),
    ).rejects.toThrow();
  });

  it("remembers on the server, by a header", async () => {
    const headers = { "X-Session-Id": freshSession() };
    await chat(headers).invoke("I am Ana.");
    expect((await chat(headers).invoke("Who am I?")).content).toBe("You said: I am Ana. | Who am I?");
  });
});
