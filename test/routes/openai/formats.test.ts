import { describe, expect, it } from "vitest";
import { scripted } from "../../support/scripted-model";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();
const schema = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } },
  required: ["name", "age"],
  additionalProperties: false,
};
const response_format = { type: "json_schema", json_schema: { name: "person", schema, strict: true } };
const ANA = '{"name":"Ana","age":7}';

const post = (session: string, more: object) =>
  llamory.post(
    "/v1/chat/completions",
    { messages: [{ role: "user", content: "Who is it?" }], ...more },
    { "x-session-id": session },
  );
const complete = async (session: string, more: object) =>
  (await post(session, more)).json<{
    choices?: { message: { content: string } }[];
    error?: { code: string; param: string; message: string };
  }>();

describe("an answer that must be JSON", () => {
  it.each([
    ["as text", { response: ANA }],
    ["as an object", { response: { name: "Ana", age: 7 } }],
    ["in OpenAI's form", { choices: [{ message: { content: ANA } }] }],
  ])("is asked for in JSON mode, and given: %s", async (_form, reply) => {
    const session = freshSession();
    const model = await scripted(session, reply);
    expect((await complete(session, { response_format })).choices?.[0]?.message.content).toBe(ANA);
    expect((await model.runs())[0]?.inputs).toMatchObject({
      response_format: { type: "json_schema", json_schema: schema },
    });
  });

  it.each([
    ["no JSON", { response: "Ana, seven years old" }],
    ["of another shape", { response: { name: "Ana", age: -1 } }],
    ["what JSON mode could not do", new Error("5024: JSON Mode couldn't be met")],
  ])("and is %s is asked for once more", async (_what, misfit) => {
    const session = freshSession();
    const model = await scripted(session, misfit, { response: ANA });
    expect((await complete(session, { response_format })).choices?.[0]?.message.content).toBe(ANA);
    expect(await model.runs()).toHaveLength(2);
  });

  it("and is not, twice, is a malformed reply, of which nothing is remembered", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: { name: "Ana" } });
    expect((await complete(session, { response_format })).error?.code).toBe("model_reply_malformed");
    expect(await model.runs()).toHaveLength(2);
    expect(await llamory.transcript(session)).toEqual([]);
  });

  it("and is cut off at its limit is given as far as it came, with that as its end, and not asked for again", async () => {
    const session = freshSession();
    const cut = { choices: [{ message: { content: '{"name":"An' }, finish_reason: "length" }] };
    const model = await scripted(session, cut);
    expect((await complete(session, { response_format })).choices?.[0]).toMatchObject({
      message: { content: '{"name":"An' },
      finish_reason: "length",
    });
    expect(await model.runs()).toHaveLength(1);
  });

  it("is streamed as one delta, and was not asked for as a stream", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: ANA });
    const text = await (await post(session, { response_format, stream: true })).text();
    expect(text.match(/"content":"\{/g)).toHaveLength(1);
    expect((await model.runs())[0]?.inputs.stream).toBeUndefined();
  });

  it("may be any object", async () => {
    const [good, bad] = [freshSession(), freshSession()];
    await scripted(good, { response: ANA });
    await scripted(bad, { response: "[1]" });
    const any = { response_format: { type: "json_object" } };
    expect((await complete(good, any)).choices?.[0]?.message.content).toBe(ANA);
    expect((await complete(bad, any)).error?.code).toBe("model_reply_malformed");
  });

  it("is checked against the schema that clients of llama.cpp send beside `json_object`", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: '{"name":7}' }, { response: ANA });
    const { choices } = await complete(session, { response_format: { type: "json_object", schema } });
    expect(choices?.[0]?.message.content).toBe(ANA);
    expect((await model.runs())[0]?.inputs.response_format).toEqual({ type: "json_schema", json_schema: schema });
    const bad = await complete(session, { response_format: { type: "json_object", schema: { $ref: "#" } } });
    expect(bad.error?.param).toBe("response_format.schema");
  });

  it("is asked for by `text.format` of a response, which repeats it", async () => {
    const session = freshSession();
    await scripted(session, { response: ANA });
    const format = { type: "json_schema", name: "person", schema };
    const body = { input: "Who is it?", conversation: session, text: { format } };
    expect(await (await llamory.post("/v1/responses", body)).json()).toMatchObject({
      text: { format },
      output: [{ content: [{ text: ANA }] }],
    });
  });

  it.each<[what: string, schema: object, place: string]>([
    ["refers to nothing", { properties: { a: { $ref: "#/nowhere" } } }, "#/properties/a/$ref"],
    ["refers to another host", { $ref: "https://example.org/schema.json" }, "#/$ref"],
    ["goes round in circles", { $ref: "#" }, "#"],
    ["has an invalid pattern", { properties: { a: { pattern: "(" } } }, "#/properties/a/pattern"],
    ["costs more than the budget", { pattern: "\\p{L}".repeat(9_000) }, "too large"],
    ["is too long", { description: "x".repeat(70_000) }, "64000 characters"],
    ["has too many levels", JSON.parse(`{"x":${"[".repeat(30_000)}${"]".repeat(30_000)}}`), "200 levels"],
  ])("is refused before the model is asked where its schema %s", async (_what, bad, place) => {
    const session = freshSession();
    const model = await scripted(session, { response: ANA });
    const { error } = await complete(session, {
      response_format: { type: "json_schema", json_schema: { name: "x", schema: bad } },
    });
    expect(error?.param).toBe("response_format.json_schema.schema");
    expect(error?.message).toContain(place);
    expect(await model.runs()).toHaveLength(0);
    const format = { type: "json_schema", name: "x", schema: bad };
    const response = await llamory.post("/v1/responses", { input: "Who is it?", text: { format } });
    expect(await response.json()).toMatchObject({ error: { param: "text.format.schema" } });
  });

  it("is checked against a pattern that is valid without the `u` flag alone", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: '{"month":"2026-1"}' }, { response: '{"month":"2026-11"}' });
    const month = { type: "string", pattern: "^\\d{4}\\-\\d{2}$" };
    const json_schema = { name: "x", schema: { type: "object", properties: { month } } };
    const { choices } = await complete(session, { response_format: { type: "json_schema", json_schema } });
    expect(choices?.[0]?.message.content).toBe('{"month":"2026-11"}');
    expect(await model.runs()).toHaveLength(2);
  });

  it("is refused by a model without JSON mode; the setting is named", async () => {
    const scout = worker({ MODEL: "@cf/meta/llama-4-scout-17b-16e-instruct" });
    const body = {
      messages: [{ role: "user", content: "Who is it?" }],
      // The schema is invalid too, but it is not checked if no model would get it.
      response_format: { type: "json_schema", json_schema: { name: "x", schema: { $ref: "#" } } },
    };
    const response = await scout.post("/v1/chat/completions", body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("TOOL_MODEL");
  });
});

describe("the stand-in, without a model", () => {
  it("gives the least that fits a schema, its strings from what it was told", async () => {
    const session = freshSession();
    await llamory.ask(session, "My dog is called Rex.");
    const shape = {
      type: "object",
      properties: {
        quote: { $ref: "#/$defs/text" },
        kind: { enum: ["dog", "cat"] },
        ages: { type: "array", items: { type: "integer", minimum: 1 }, minItems: 2 },
        owner: { anyOf: [{ type: "null" }, { type: "string" }] },
        note: { type: "string" },
      },
      required: ["quote", "kind", "ages", "owner"],
      $defs: { text: { type: "string" } },
    };
    const question = { role: "user", content: "What is my dog called?" };
    const body = {
      messages: [question],
      response_format: { type: "json_schema", json_schema: { name: "dog", schema: shape } },
    };
    const { choices } = await complete(session, body);
    expect(JSON.parse(choices?.[0]?.message.content ?? "")).toEqual({
      quote: "My dog is called Rex.",
      kind: "dog",
      ages: [1, 1],
      owner: null,
    });
  });
});
