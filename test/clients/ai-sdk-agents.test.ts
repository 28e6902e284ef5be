import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateObject, generateText, Output, stepCountIs, streamText, tool } from "ai";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { z } from "zod";
import { FORMS, serverOf, TOKEN } from "./model";

const person = z.object({ name: z.string(), age: z.number() });
const ANA = { name: "Ana", age: 7 };
const QUESTION = "What is the weather in Paris?";
const ANSWER = "It has 20 degrees in Paris.";
const tools = {
  weather: tool({
    description: "The weather of a city",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => `20 degrees in ${city}`,
  }),
};

describe.each(FORMS)("the AI SDK over a model that answers in the form of %s", (form) => {
  let server: Awaited<ReturnType<typeof serverOf>>;
  beforeAll(async () => {
    server = await serverOf(form, inject("bundle"));
  });
  afterAll(() => server.stop());

  describe.each([
    [
      "@ai-sdk/openai-compatible",
      () =>
        createOpenAICompatible({
          name: "llamory",
          baseURL: server.baseURL,
          apiKey: TOKEN,
          supportsStructuredOutputs: true,
        })("llama"),
    ],
    ["@ai-sdk/openai", () => createOpenAI({ baseURL: server.baseURL, apiKey: TOKEN })("llama")],
    ["@ai-sdk/openai, chat", () => createOpenAI({ baseURL: server.baseURL, apiKey: TOKEN }).chat("llama")],
  ])("%s", (_name, model) => {
    it("goes through several steps with a tool, and says what they were", async () => {
      const result = await generateText({ model: model(), prompt: QUESTION, tools, stopWhen: stepCountIs(5) });
      expect(result.text).toBe(ANSWER);
      expect(result.steps.map(({ finishReason }) => finishReason)).toEqual(["tool-calls", "stop"]);
    });

    it("streams them", async () => {
      const result = streamText({ model: model(), prompt: QUESTION, tools, stopWhen: stepCountIs(5) });
      expect(await result.text).toBe(ANSWER);
      expect(await result.steps).toHaveLength(2);
    });

    it("gives an object, and one with an output beside text", async () => {
      const { object } = await generateObject({ model: model(), schema: person, prompt: "Who?" });
      expect(object).toEqual(ANA);
      const output = Output.object({ schema: person });
      // The second name is that of the AI SDK 5.
      const named = { output, experimental_output: output };
      const given = await generateText({ model: model(), prompt: "Who?", ...named });
      expect("experimental_output" in given ? given.experimental_output : given.output).toEqual(ANA);
    });

    it("goes on with what was said", async () => {
      const result = await generateText({
        model: model(),
        messages: [
          { role: "user", content: "I am Ana." },
          { role: "assistant", content: "Hello Ana." },
          { role: "user", content: "Who am I?" },
        ],
      });
      expect(result.text).toBe("You said: Who am I?");
    });
  });
});
