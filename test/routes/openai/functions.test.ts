import { describe, expect, it } from "vitest";
import { scripted } from "../../support/scripted-model";
import { ask, CALL, CALLS, complete, history, weather } from "../../support/weather";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();
const flat = { type: "function", ...weather.function };
const OPENAI_CALLS = {
  choices: [
    {
      message: {
        content: null,
        tool_calls: [{ id: "x", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } }],
      },
      finish_reason: "tool_calls",
    },
  ],
};
const sse = (...chunks: unknown[]) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");

describe("functions that a model may call", () => {
  it.each([
    ["Workers AI's form", CALLS],
    ["OpenAI's form", OPENAI_CALLS],
  ])("are told to it, and its calls to the client: %s", async (_form, reply) => {
    const session = freshSession();
    const model = await scripted(session, reply);
    const { message, finish_reason } = await complete(session, [ask]);
    expect(finish_reason).toBe("tool_calls");
    expect(message).toMatchObject({
      content: null,
      tool_calls: [{ type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } }],
    });
    expect((await model.runs())[0]?.inputs).toMatchObject({ tools: [weather], tool_choice: "auto" });
  });

  it.each([
    ["whole, in Workers AI's form", `${sse(CALLS)}data: [DONE]\n\n`],
    [
      "in parts, in OpenAI's form",
      sse(
        { choices: [{ delta: { tool_calls: [{ index: 0, id: "x", function: { name: "weather", arguments: "" } }] } }] },
        { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] } }] },
        { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '"Paris"}' } }] } }] },
        { choices: [{ delta: { tool_calls: [{ index: 0, id: null, function: { name: null } }] } }] },
        { choices: [{ delta: {}, finish_reason: "tool_calls" }] },
      ),
    ],
  ])("are called in a stream: %s", async (_form, bytes) => {
    const session = freshSession();
    const model = await scripted(session, { play: "stream" });
    const body = { messages: [ask], tools: [weather], stream: true };
    const answer = llamory.post("/v1/chat/completions", body, { "x-session-id": session });
    await model.called();
    await model.raw(bytes);
    await model.cut();
    const events = (await (await answer).text()).split("\n\n").filter(Boolean);
    const deltas = events
      .slice(0, -1)
      .map((event) => JSON.parse(event.slice(6)).choices[0])
      .map(({ delta, finish_reason }) => delta.tool_calls?.[0] ?? finish_reason);
    expect(deltas).toEqual([
      null,
      { index: 0, id: expect.stringMatching(/^call_/), type: "function", function: { name: "weather", arguments: "" } },
      { index: 0, function: { arguments: '{"city":"Paris"}' } },
      "tool_calls",
    ]);
  });

  it.each<[string, unknown, string[]]>([
    ["one by its name", { type: "function", function: { name: "weather" } }, ["weather"]],
    ["any", "required", ["weather", "other"]],
  ])("must be called where the request says so, %s: a reply without a call is asked once more", async (...given) => {
    const [, tool_choice, offered] = given;
    const session = freshSession();
    const model = await scripted(session, { response: "It rains." }, CALLS);
    const other = { type: "function", function: { name: "other" } };
    const { message } = await complete(session, [ask], { tools: [weather, other], tool_choice });
    expect(message?.tool_calls?.[0]?.function.name).toBe("weather");
    const runs = await model.runs();
    expect(runs).toHaveLength(2);
    expect(runs[1]?.inputs.tool_choice).toBe("required");
    expect(runs[1]?.inputs.tools?.map((tool) => tool.function.name)).toEqual(offered);
  });

  it("are not offered with `tool_choice` `none`, and one at a time without `parallel_tool_calls`", async () => {
    const [silent, single] = [freshSession(), freshSession()];
    const model = await scripted(silent, { response: "It rains." });
    await complete(silent, [ask], { tools: [weather], tool_choice: "none" });
    expect((await model.runs())[0]?.inputs).not.toHaveProperty("tools");
    await scripted(single, { tool_calls: [...CALLS.tool_calls, ...CALLS.tool_calls] });
    const { message } = await complete(single, [ask], { tools: [weather], parallel_tool_calls: false });
    expect(message?.tool_calls).toHaveLength(1);
  });

  it.each([
    ["a function that there is not", { tool_calls: [{ name: "wether", arguments: {} }] }],
    ["arguments that are no object", { tool_calls: [{ name: "weather", arguments: "Paris" }] }],
  ])("are not called with %s: that reply is malformed, and nothing is remembered", async (_what, reply) => {
    const session = freshSession();
    await scripted(session, reply);
    expect((await complete(session, [ask])).error?.code).toBe("model_reply_malformed");
    expect(await history(session)).toEqual([]);
  });

  it("are refused by a model that is not known to call any; the setting is named", async () => {
    const model = { MODEL: "@cf/meta/llama-3.1-8b-instruct-fast" };
    const body = JSON.stringify({ messages: [ask], tools: [weather] });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body };
    const refused = await worker(model).fetch("/v1/chat/completions", init);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("TOOL_MODEL");
    const answered = await worker({ ...model, TOOL_MODEL: "@cf/meta/llama-3.3-70b-instruct-fp8-fast" }).fetch(
      "/v1/chat/completions",
      init,
    );
    expect(await answered.json()).toMatchObject({ model: "@cf/meta/llama-3.3-70b-instruct-fp8-fast" });
    const models = await worker({ ...model, TOOL_MODEL: "@cf/meta/llama-4-scout-17b-16e-instruct" }).fetch(
      "/v1/models",
    );
    expect(await models.text()).toContain("llama-4-scout");
  });
});

describe("the schema of a function's arguments", () => {
  it.each<[what: string, parameters: object]>([
    ["refers to nothing", { $ref: "#/nowhere" }],
    ["goes round in circles", { $ref: "#" }],
    ["has an invalid pattern", { properties: { a: { pattern: "(" } } }],
    ["is too long", { description: "x".repeat(70_000) }],
    ["has too many levels", JSON.parse(`{"x":${"[".repeat(30_000)}${"]".repeat(30_000)}}`)],
  ])("is refused before the model is asked where it %s", async (_what, parameters) => {
    const session = freshSession();
    const model = await scripted(session, CALLS);
    const { error } = await complete(session, [ask], {
      tools: [weather, { type: "function", function: { name: "other", parameters } }],
    });
    expect(error?.param).toBe("tools.1.function.parameters");
    expect(await model.runs()).toHaveLength(0);
    const tools = [flat, { type: "function", name: "other", parameters }];
    const response = await llamory.post("/v1/responses", { input: ask.content, tools });
    expect(await response.json()).toMatchObject({ error: { param: "tools.1.parameters" } });
  });

  it("has one budget with those of the other functions", async () => {
    const parameters = { allOf: Array.from({ length: 2_500 }, () => ({})) };
    const tools = Array.from({ length: 20 }, (_, at) => ({
      type: "function",
      function: { name: `f${at}`, parameters },
    }));
    const { error } = await complete(freshSession(), [ask], { tools });
    expect(error?.message).toContain("too large");
  });
});

describe("functions of a response", () => {
  interface Response {
    id: string;
    output: { type: string; id: string; call_id: string; name: string; arguments: string }[];
    output_text: string;
  }
  const respond = async (body: object) =>
    (await llamory.post("/v1/responses", { tools: [flat], ...body })).json<Response>();

  it.each<[string, (first: Response) => object]>([
    ["the response before it", ({ id }) => ({ previous_response_id: id, input: [] })],
    ["the call, by its id", ({ output }) => ({ input: [{ type: "item_reference", id: output[0]?.id }] })],
    ["the call itself, in a conversation", ({ output }) => ({ conversation: "s", input: [ask, output[0]] })],
  ])("are called, and the result goes on with %s", async (_what, next) => {
    const session = freshSession();
    const model = await scripted(session, CALLS, { response: "20 degrees." });
    const first = await respond({ input: ask.content, conversation: session });
    expect(first.output).toMatchObject([{ type: "function_call", ...CALL, status: "completed" }]);
    const more = next(first);
    const [{ call_id = "" } = {}] = first.output;
    const input = "input" in more && Array.isArray(more.input) ? more.input : [];
    const second = await respond({
      ...more,
      ...("conversation" in more && { conversation: session }),
      input: [...input, { type: "function_call_output", call_id, output: "20 degrees" }],
    });
    expect(second.output).toMatchObject([{ type: "message", content: [{ text: "20 degrees." }] }]);
    expect((await model.runs())[1]?.inputs.messages.map(({ role }) => role)).toEqual([
      "system",
      "user",
      "assistant",
      "tool",
    ]);
    const read = await llamory.fetch(`/v1/responses/${encodeURIComponent(first.id)}`);
    expect(await read.json()).toMatchObject({ output: [{ type: "function_call", call_id }] });
  });

  it("are streamed with their arguments", async () => {
    const session = freshSession();
    await scripted(session, CALLS);
    const body = { input: ask.content, conversation: session, tools: [flat], stream: true };
    const text = await (await llamory.post("/v1/responses", body)).text();
    expect([...text.matchAll(/^event: (.*)$/gm)].map(([, event]) => event)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.completed",
    ]);
  });
});

describe("the stand-in, without a model", () => {
  it("calls the function that shares most words with the question, and tells what it returned", async () => {
    const session = freshSession();
    const stocks = { type: "function", function: { name: "stock_price", description: "The price of a share" } };
    const { message } = await complete(session, [ask], { tools: [stocks, weather] });
    expect(message?.tool_calls).toMatchObject([
      { function: { name: "weather", arguments: JSON.stringify({ city: ask.content }) } },
    ]);
    const returned = { role: "tool", tool_call_id: message?.tool_calls?.[0]?.id, content: "20 degrees" };
    const { message: answer } = await complete(session, [ask, { role: "assistant", ...message }, returned]);
    expect(answer?.content).toBe('weather says: "20 degrees"');
  });

  it.each([
    ["goes round in circles", { $ref: "#" }],
    ["wants no end of values", { type: "array", minItems: 1e9, items: { $ref: "#/properties/x" } }],
    ["wants a text without end", { type: "string", minLength: 1e12 }],
  ])("answers, whatever a schema of arguments is: one that %s", async (_what, x) => {
    const parameters = { type: "object", properties: { x }, required: ["x"] };
    const endless = { type: "function", function: { name: "weather", parameters } };
    const { status, message } = await complete(freshSession(), [ask], { tools: [endless] });
    expect([status, message === undefined]).toEqual([200, false]);
  });

  it("answers in words where no function has to do with the question", async () => {
    const { message } = await complete(freshSession(), [{ role: "user", content: "Who am I?" }]);
    expect(message).toMatchObject({ content: "I was not told anything about that." });
  });
});
