import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText } from "ai";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { collect, freshSession, openaiServer, TOKEN } from "./support/openai-server";

let server: Awaited<ReturnType<typeof openaiServer>>;

beforeAll(async () => {
  server = await openaiServer(inject("bundle"));
});

afterAll(() => server.stop());

describe("the AI SDK", () => {
  const compatible = () =>
    createOpenAICompatible({ name: "llamory", baseURL: server.baseURL, apiKey: TOKEN, includeUsage: true });
  const openai = () => createOpenAI({ baseURL: server.baseURL, apiKey: TOKEN });

  it.each([
    ["openai-compatible", () => compatible()("llama")],
    ["openai, chat", () => openai().chat("llama")],
    ["openai, responses", () => openai().responses("llama")],
  ])("generates and streams, with usage, through @ai-sdk/%s", async (_name, languageModel) => {
    const generated = await generateText({ model: languageModel(), prompt: "Hello" });
    expect(generated.text).toBe("You said: Hello");
    expect(generated.usage.totalTokens).toBe(18);
    const streamed = streamText({ model: languageModel(), prompt: "Hello" });
    expect((await collect(streamed.textStream)).join("")).toBe("You said: Hello");
    expect((await streamed.usage).totalTokens).toBe(18);
    expect(await streamed.finishReason).toBe("stop");
  });

  it.each([
    ["openai-compatible", () => compatible()("llama")],
    ["openai, chat", () => openai().chat("llama")],
    ["openai, responses", () => openai().responses("llama")],
  ])("is told errors before and in a stream, and may abort, through @ai-sdk/%s", async (_name, languageModel) => {
    await expect(generateText({ model: languageModel(), prompt: "allowance", maxRetries: 0 })).rejects.toThrow(
      /allowance/,
    );
    const errors: unknown[] = [];
    const onError = ({ error }: { error: unknown }) => void errors.push(error);
    await collect(streamText({ model: languageModel(), prompt: "break", onError, maxRetries: 0 }).textStream).catch(
      () => {},
    );
    expect(errors.length).toBeGreaterThan(0);
    const abort = new AbortController();
    const { textStream } = streamText({ model: languageModel(), prompt: "forever", abortSignal: abort.signal });
    for await (const _text of textStream) {
      abort.abort();
      break;
    }
  });

  it("remembers in a conversation, and continues a response, through @ai-sdk/openai", async () => {
    const model = openai().responses("llama");
    const asked = async (prompt: string, options: Record<string, string>) =>
      generateText({ model, prompt, providerOptions: { openai: options } });
    const conversation = freshSession();
    await asked("I am Ana.", { conversation });
    const streamed = streamText({ model, prompt: "Who am I?", providerOptions: { openai: { conversation } } });
    expect((await collect(streamed.textStream)).join("")).toBe("You said: I am Ana. | Who am I?");
    const { response } = await asked("I am Ben.", {});
    const continued = await asked("Who am I?", { previousResponseId: response.id });
    expect(continued.text).toBe("You said: I am Ben. | Who am I?");
  });

  it("remembers on the server, by a header", async () => {
    const headers = { "X-Session-Id": freshSession() };
    await generateText({ model: compatible()("llama"), prompt: "I am Ana.", headers });
    const { text } = await generateText({ model: compatible()("llama"), prompt: "Who am I?", headers });
    expect(text).toBe("You said: I am Ana. | Who am I?");
  });
});
