import { Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, run, tool } from "@openai/agents";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { schemaErrors } from "../e2e/support/schema-errors";
import { Workerd } from "../e2e/support/workerd";
import { everydaySchemas } from "../support/everyday-schemas";

let server: Workerd;

beforeAll(async () => {
  const settings = { MODEL: "llamory-offline", FALLBACK_MODEL: "" };
  server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" }, settings });
  await server.start();
});
afterAll(() => server[Symbol.asyncDispose]());

describe.each(Object.entries(everydaySchemas))("a tool of @openai/agents with %s", (name, schema) => {
  it.each([
    ["chat", OpenAIChatCompletionsModel],
    ["responses", OpenAIResponsesModel],
  ])("is called with arguments that match, %s", async (_api, Model) => {
    const received: unknown[] = [];
    const save = tool({
      name: "save",
      description: "Saves an answer",
      strict: false,
      parameters: { type: "object", properties: {}, required: [], additionalProperties: true, ...schema },
      execute: (given) => {
        received.push(given);
        return "saved";
      },
    });
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
    const agent = new Agent({
      name: "Clerk",
      instructions: "Save the answer.",
      model: new Model(client, "llama"),
      modelSettings: { toolChoice: "required" },
      toolUseBehavior: "stop_on_first_tool",
      tools: [save],
    });
    expect((await run(agent, "What is my dog called?")).finalOutput).toBe("saved");
    expect(received.map((value) => schemaErrors(name, schema, value))).toEqual([null]);
  });
});
