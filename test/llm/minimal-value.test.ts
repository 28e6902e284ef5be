import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { minimalValue } from "../../src/llm/models/minimal-value";
import { everydaySchemas } from "../support/everyday-schemas";
import { freshSession, worker } from "../support/worker";

const llamory = worker();
const options = { strict: false, allErrors: true };
const draft2020 = addFormats(new Ajv2020(options));
const draft7 = addFormats(new Ajv(options));

/** Returns whether a value matches a schema, according to ajv. */
function judged(name: string, schema: object, value: unknown) {
  const ajv = name.includes("draft 7") ? draft7 : draft2020;
  const validate = ajv.compile(schema);
  validate(value);
  return { value, errors: validate.errors };
}

const cases = Object.entries(everydaySchemas);

describe("the stand-in", () => {
  it.each(cases)("fills a schema with %s", (name, schema) => {
    expect(judged(name, schema, minimalValue(schema, "My dog is called Rex."))).toMatchObject({ errors: null });
  });

  it.each(cases)("answers with JSON, and calls with arguments, by a schema with %s", async (name, schema) => {
    const session = freshSession();
    await llamory.ask(session, "My dog is called Rex.");
    const messages = [{ role: "user", content: "What is my dog called?" }];
    const response_format = { type: "json_schema", json_schema: { name: "answer", schema, strict: true } };
    const tools = [{ type: "function", function: { name: "dog", parameters: schema, strict: true } }];
    const headers = { "x-session-id": session };
    for (const asked of [{ response_format }, { tools, tool_choice: "required" }]) {
      const response = await llamory.post("/v1/chat/completions", { messages, ...asked }, headers);
      const { choices } = await response.json<{
        choices: { message: { content: string; tool_calls?: { function: { arguments: string } }[] } }[];
      }>();
      const message = choices[0]?.message;
      const json = message?.tool_calls?.[0]?.function.arguments ?? message?.content ?? "";
      expect(judged(name, schema, JSON.parse(json))).toMatchObject({ errors: null });
    }
  });

  it.each([
    ["nothing", { not: {} }],
    ["a text of a hundred million characters", { type: "string", minLength: 1e8 }],
    ["a contradiction", { type: "integer", minimum: 2, maximum: 1 }],
  ])("says so where it finds no value for %s", async (_what, shape) => {
    const schema = { type: "object", properties: { it: shape }, required: ["it"] };
    expect(minimalValue(schema, "Rex")).toBeUndefined();
    const body = {
      messages: [{ role: "user", content: "Who?" }],
      response_format: { type: "json_schema", json_schema: { name: "x", schema } },
    };
    const response = await llamory.post("/v1/chat/completions", body);
    expect([response.status, response.headers.get("x-should-retry")]).toEqual([502, "false"]);
    expect(await response.json()).toMatchObject({ error: { code: "model_reply_malformed" } });
  });
});
