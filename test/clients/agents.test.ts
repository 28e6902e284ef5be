import Instructor from "@instructor-ai/instructor";
import { ChatOpenAI } from "@langchain/openai";
import { OpenAI as LlamaIndexOpenAI } from "@llamaindex/openai";
import { agent as llamaindexAgent } from "@llamaindex/workflow";
import { Agent as MastraAgent } from "@mastra/core/agent";
import { createTool } from "@mastra/core/tools";
import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIConversationsSession,
  OpenAIResponsesModel,
  run,
  tool,
} from "@openai/agents";
import { createAgent, tool as langchainTool } from "langchain";
import { tool as llamaindexTool } from "llamaindex";
import OpenAI from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import OpenAI4 from "openai-4";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { z } from "zod";
import { z as zod3 } from "zod/v3";
import { FORMS, serverOf, TOKEN } from "./model";

const person = z.object({ name: z.string(), age: z.number() });
const ANA = { name: "Ana", age: 7 };
const city = z.object({ city: z.string() });
const zod3City = zod3.object({ city: zod3.string() });
const QUESTION = "What is the weather in Paris?";
const ANSWER = "It has 20 degrees in Paris.";
const weather = ({ city }: { city: string }) => `20 degrees in ${city}`;
const freshSession = () => `s-${crypto.randomUUID()}`;

describe.each(FORMS)("over a model that answers in the form of %s", (form) => {
  let server: Awaited<ReturnType<typeof serverOf>>;
  beforeAll(async () => {
    server = await serverOf(form, inject("bundle"));
  });
  afterAll(() => server.stop());

  const options = () => ({ baseURL: server.baseURL, apiKey: TOKEN, maxRetries: 0 });
  const definition = {
    type: "function" as const,
    function: {
      name: "weather",
      description: "The weather of a city",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  };

  const request = () => ({
    model: "llama",
    messages: [{ role: "user" as const, content: QUESTION }],
    tools: [{ ...definition, function: { ...definition.function, parse: JSON.parse, function: weather } }],
  });

  it.each([false, true])("openai calls a function and sends its result, streamed: %s", async (stream) => {
    const { completions } = new OpenAI(options()).chat;
    const runner = stream ? completions.runTools({ ...request(), stream }) : completions.runTools(request());
    expect(await runner.finalContent()).toBe(ANSWER);
  });

  it.each([false, true])("openai 4 calls a function and sends its result, streamed: %s", async (stream) => {
    const { completions } = new OpenAI4(options()).beta.chat;
    const runner = stream ? completions.runTools({ ...request(), stream }) : completions.runTools(request());
    expect(await runner.finalContent()).toBe(ANSWER);
  });

  it("openai parses an answer with a schema, of a chat and of a response", async () => {
    const client = new OpenAI(options());
    const chat = await client.chat.completions.parse({
      model: "llama",
      messages: [{ role: "user", content: "Who?" }],
      response_format: zodResponseFormat(person, "person"),
    });
    expect(chat.choices[0]?.message.parsed).toEqual(ANA);
    const format = { format: zodTextFormat(person, "person") };
    const response = await client.responses.parse({ model: "llama", input: "Who?", text: format });
    expect(response.output_parsed).toEqual(ANA);
  });

  describe.each([
    ["chat", () => new OpenAIChatCompletionsModel(new OpenAI(options()), "llama")],
    ["responses", () => new OpenAIResponsesModel(new OpenAI(options()), "llama")],
  ] as const)("@openai/agents, %s", (_api, model) => {
    const weatherTool = tool({
      name: "weather",
      description: "The weather of a city",
      parameters: city,
      execute: async (given) => weather(given),
    });

    it("calls a tool and tells its result", async () => {
      const agent = new Agent({ name: "Guide", instructions: "Be brief.", model: model(), tools: [weatherTool] });
      expect((await run(agent, QUESTION)).finalOutput).toBe(ANSWER);
      const streamed = await run(agent, QUESTION, { stream: true });
      await streamed.completed;
      expect(streamed.finalOutput).toBe(ANSWER);
    });

    it("remembers in a conversation of the server", async () => {
      const session = new OpenAIConversationsSession({ client: new OpenAI(options()) });
      const agent = new Agent({ name: "Guide", instructions: "Be brief.", model: model(), tools: [weatherTool] });
      expect((await run(agent, QUESTION, { session })).finalOutput).toBe(ANSWER);
      const items = await session.getItems();
      expect(items.map((item) => item.type ?? "message")).toEqual([
        ...["message", "function_call", "function_call_result", "message"],
      ]);
      expect(await session.popItem()).toMatchObject({ role: "assistant" });
      expect(await session.getItems()).toHaveLength(3);
      expect((await run(agent, "Who are you?", { session })).finalOutput).toBe("You said: Who are you?");
      expect(await session.getItems()).toHaveLength(5);
      await session.clearSession();
    });

    it("hands over to another agent", async () => {
      const expert = new Agent({ name: "Expert", instructions: "Know.", model: model(), tools: [weatherTool] });
      const desk = Agent.create({ name: "Desk", instructions: "Hand over.", model: model(), handoffs: [expert] });
      const result = await run(desk, QUESTION);
      expect([result.lastAgent?.name, result.finalOutput]).toEqual(["Expert", ANSWER]);
    });

    it("gives an output of a type", async () => {
      const agent = new Agent({ name: "Finder", instructions: "Find.", model: model(), outputType: person });
      expect((await run(agent, "Who?")).finalOutput).toEqual(ANA);
    });
  });

  it("langchain runs an agent with a tool, and gives structured output in each of its ways", async () => {
    const model = new ChatOpenAI({ model: "llama", apiKey: TOKEN, configuration: { baseURL: server.baseURL } });
    const tools = [langchainTool(weather, { name: "weather", description: "The weather of a city", schema: city })];
    const result = await createAgent({ model, tools }).invoke({ messages: [{ role: "user", content: QUESTION }] });
    expect(result.messages.at(-1)?.content).toBe(ANSWER);
    for (const method of ["jsonSchema", "functionCalling", "jsonMode"] as const) {
      const structured = model.withStructuredOutput(person, { method, name: "person" });
      expect(await structured.invoke("Who? As JSON.")).toEqual(ANA);
    }
  });

  it("@mastra/core runs an agent with a tool, and gives an object", async () => {
    const agent = new MastraAgent({
      id: "guide",
      name: "Guide",
      instructions: "Be brief.",
      model: { id: "llamory/llama", url: server.baseURL, apiKey: TOKEN },
      tools: {
        weather: createTool({
          id: "weather",
          description: "The weather of a city",
          inputSchema: city,
          execute: async (given) => ({ said: weather(given) }),
        }),
      },
    });
    expect((await agent.generate(QUESTION)).text).toContain("20 degrees in Paris");
    const plain = new MastraAgent({
      id: "finder",
      name: "Finder",
      instructions: "Find.",
      model: { id: "llamory/llama", url: server.baseURL, apiKey: TOKEN },
    });
    expect((await plain.generate("Who?", { structuredOutput: { schema: person } })).object).toEqual(ANA);
  });

  it.each(["TOOLS", "JSON", "MD_JSON", "JSON_SCHEMA"] as const)("instructor extracts, in mode %s", async (mode) => {
    const client = Instructor({ client: new OpenAI4(options()), mode });
    const extracted = await client.chat.completions.create({
      model: "llama",
      messages: [{ role: "user", content: "Who?" }],
      response_model: { schema: person as never, name: "person" },
      max_retries: 0,
    });
    expect(extracted).toMatchObject(ANA);
  });

  it("llamaindex runs an agent with a tool", async () => {
    const llm = new LlamaIndexOpenAI({ model: "llama" as never, apiKey: TOKEN, baseURL: server.baseURL });
    Reflect.defineProperty(llm, "supportToolCall", { value: true });
    const tools = [
      llamaindexTool(weather, { name: "weather", description: "The weather of a city", parameters: zod3City }),
    ];
    const result = await llamaindexAgent({ llm, tools }).run(QUESTION);
    expect(result.data.result).toBe(ANSWER);
  });

  it("a session remembers calls and results of an agent that sends only what is new", async () => {
    const session = freshSession();
    const client = new OpenAI({ ...options(), defaultHeaders: { "x-session-id": session } });
    await client.chat.completions.runTools(request()).done();
    const headers = { authorization: `Bearer ${TOKEN}` };
    const response = await fetch(`${server.url}/sessions/${session}/messages`, { headers });
    const { data }: { data: { role: string }[] } = await response.json();
    expect(data.map(({ role }) => role)).toEqual(["assistant", "tool", "assistant", "user"]);
  });
});
