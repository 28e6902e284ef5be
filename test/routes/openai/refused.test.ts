import { describe, expect, it } from "vitest";
import { scripted } from "../../support/scripted-model";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();
const chat = { model: "llama", messages: [{ role: "user", content: "Hi" }] };
const responses = { model: "llama", input: "Hi" };

describe("what is not supported", () => {
  it.each<[field: string, path: string, body: object]>([
    ["n", "/v1/chat/completions", { ...chat, n: 2 }],
    ["logit_bias", "/v1/chat/completions", { ...chat, logit_bias: { "50256": -100 } }],
    ["logprobs", "/v1/chat/completions", { ...chat, logprobs: true }],
    ["top_logprobs", "/v1/chat/completions", { ...chat, top_logprobs: 3 }],
    ["audio", "/v1/chat/completions", { ...chat, audio: { voice: "x" } }],
    ["modalities", "/v1/chat/completions", { ...chat, modalities: ["text", "audio"] }],
    ["functions", "/v1/chat/completions", { ...chat, functions: [{ name: "f" }] }],
    ["tools.0.type", "/v1/chat/completions", { ...chat, tools: [{ type: "custom", custom: { name: "f" } }] }],
    ["tools.0.type", "/v1/responses", { ...responses, tools: [{ type: "web_search" }] }],
    [
      "messages.0.content.1",
      "/v1/chat/completions",
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "What is this?" },
              { type: "image_url", image_url: { url: "data:," } },
            ],
          },
        ],
      },
    ],
    [
      "input.0.content.0",
      "/v1/responses",
      { input: [{ role: "user", content: [{ type: "input_image", image_url: "data:," }] }] },
    ],
  ])("%s is refused by %s with a 400 that says so", async (field, path, body) => {
    const response = await llamory.post(path, body);
    expect(response.status).toBe(400);
    const { error } = await response.json<{ error: { param: string; message: string } }>();
    expect(error.param).toBe(field);
    expect(error.message).toContain("not supported");
  });

  it.each<[path: string, body: object]>([
    [
      "/v1/chat/completions",
      {
        ...chat,
        n: 1,
        logprobs: false,
        tools: [],
        response_format: { type: "text" },
        modalities: ["text"],
        audio: null,
      },
    ],
    [
      "/v1/responses",
      { ...responses, tools: [], text: { format: { type: "text" }, verbosity: "low" }, background: false },
    ],
  ])("may be said to be off, to %s", async (path, body) => {
    expect((await llamory.post(path, body)).status).toBe(200);
  });

  it.each<[path: string, body: object]>([
    ["/v1/chat/completions", { messages: [{ role: "user", content: 7 }] }],
    ["/v1/chat/completions", { messages: "Hi" }],
    ["/v1/responses", { input: 7 }],
    ["/v1/responses", { input: [{ role: "wizard", content: "x" }] }],
    ["/v1/responses", { input: "x", conversation: 7 }],
    ["/v1/chat/completions", { ...chat, stop: 7 }],
  ])("and what is wrong is told in words that help: %s %j", async (path, body) => {
    const response = await llamory.post(path, body);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('Invalid input"');
  });
});

describe("a call that a client sends along", () => {
  const exchanged = (id: string, name: string) => ({
    messages: [
      { role: "user", content: "Is it warm?" },
      { role: "assistant", tool_calls: [{ id, type: "function", function: { name, arguments: "{}" } }] },
      { role: "tool", tool_call_id: id, content: "20 degrees" },
    ],
  });
  const items = (id: string, name: string) => ({
    input: [
      { role: "user", content: "Is it warm?" },
      { type: "function_call", call_id: id, name, arguments: "{}" },
      { type: "function_call_output", call_id: id, output: "20 degrees" },
    ],
    store: false,
  });

  it.each([
    ["call_9pw1qnYScqvGrCH58HWCvFH6", "weather"],
    ["toolu_01A09q90qw90lq917835lq9", "get_weather"],
    ["chatcmpl-tool-1f2e3d", "mcp.weather-now"],
    ["functions.get_weather:0", "get_weather"],
    ["call_ab|fc_68", "w"],
    ["D681PevKs", "w"],
    ["0", "w"],
    ["call_1__thought__CiQB0e+Kb/x==", "w"],
  ])("may have the id %s", async (id, name) => {
    expect((await llamory.post("/v1/chat/completions", exchanged(id, name))).status).toBe(200);
    expect((await llamory.post("/v1/responses", items(id, name))).status).toBe(200);
  });

  it.each([
    ["<|eot_id|>", "weather", "id", "call_id"],
    ["a b", "weather", "id", "call_id"],
    ["", "weather", "id", "call_id"],
    ["x".repeat(257), "weather", "id", "call_id"],
    ["call_1", "<|eot_id|>", "function.name", "name"],
    ["call_1", "get weather", "function.name", "name"],
  ])("is refused with the id %s and the name %s, and the field is named", async (id, name, inChat, inResponse) => {
    const [chat, response] = [
      await llamory.post("/v1/chat/completions", exchanged(id, name)),
      await llamory.post("/v1/responses", items(id, name)),
    ];
    expect(await chat.json()).toMatchObject({ error: { param: `messages.1.tool_calls.0.${inChat}` } });
    expect(await response.json()).toMatchObject({ error: { param: `input.1.${inResponse}` } });
  });
});

describe("how the model is to choose its words", () => {
  it("is passed on, and left out where it is not said", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "Hi." });
    const said = { top_p: 0.5, seed: 7, frequency_penalty: 1, presence_penalty: -1, temperature: 0.1 };
    await llamory.post("/v1/chat/completions", { ...chat, ...said, stop: "END" }, { "x-session-id": session });
    await llamory.post("/v1/chat/completions", chat, { "x-session-id": session });
    const [first, second] = (await model.runs()).map(({ inputs }) => inputs);
    expect(first).toMatchObject({ ...said, stop: ["END"] });
    expect(Object.keys(second ?? {}).sort()).toEqual(["max_tokens", "messages"]);
  });
});

describe("a JSON answer", () => {
  it("ends with a newline, problems too", async () => {
    for (const response of [
      await llamory.ask(freshSession(), "Hi"),
      await llamory.ask("no/slash", "Hi"),
      await llamory.fetch("/health"),
      await llamory.post("/v1/chat/completions", chat),
    ]) {
      expect(await response.text()).toMatch(/\}\n$/);
    }
  });
});

const user = (content: string) => ({ role: "user", content });

describe("a conversation", () => {
  it.each<[what: string, body: object, field: string]>([
    [
      "17 texts of metadata",
      { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, "v"])) },
      "metadata",
    ],
    [
      "200,000 numbers as metadata",
      { metadata: Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`k${at}`, at])) },
      "metadata",
    ],
    ["a long text of metadata", { metadata: { topic: "x".repeat(513) } }, "metadata.topic"],
    ["metadata that is no text", { metadata: { topic: 7 } }, "metadata.topic"],
    ["an item without content", { items: [user("Hi"), { role: "user" }] }, "items.1.content"],
    ["an item of a number", { items: [user("Hi"), { role: "user", content: 7 }] }, "items.1.content"],
    ["a call without a name", { items: [{ type: "function_call", call_id: "c", arguments: "{}" }] }, "items.0.name"],
    ["an unknown item", { items: [{ type: "web_search_call" }] }, "items.0"],
    [
      "an image",
      { items: [{ role: "user", content: [{ type: "input_image", image_url: "data:," }] }] },
      "items.0.content.0",
    ],
  ])("with %s is refused, and the error names the field", async (_what, body, param) => {
    const refused = await llamory.post("/v1/conversations", body);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { param } });
  });
});

describe("an error of one item", () => {
  it.each<[path: string, field: string, param: string, item: unknown]>([
    ["/v1/responses", "input", "input.3.content", { role: "user", content: 7 }],
    ["/v1/responses", "input", "input.3.content", { role: "user" }],
    ["/v1/responses", "input", "input.3.call_id", { type: "function_call_output", output: "x" }],
    ["/v1/responses", "input", "input.3.output", { type: "function_call_output", call_id: "c", output: 7 }],
    ["/v1/responses", "input", "input.3.name", { type: "function_call", call_id: "c", arguments: "{}" }],
    ["/v1/responses", "input", "input.3.id", { type: "item_reference" }],
    ["/v1/responses", "input", "input.3", { role: "wizard", content: "x" }],
    ["/v1/responses", "input", "input.3", { type: "web_search_call" }],
    ["/v1/responses", "input", "input.3", "Hi"],
    ["/v1/chat/completions", "messages", "messages.3.content", { role: "system", content: 7 }],
    ["/v1/chat/completions", "messages", "messages.3.tool_call_id", { role: "tool", content: "x" }],
    [
      "/v1/chat/completions",
      "messages",
      "messages.3.tool_calls.0.id",
      { role: "assistant", tool_calls: [{ function: { name: "f", arguments: "{}" } }] },
    ],
    ["/v1/chat/completions", "messages", "messages.3", { role: "wizard", content: "x" }],
  ])("of %s in %s names %s", async (path, field, param, item) => {
    const refused = await llamory.post(path, { [field]: [user("a"), user("b"), user("c"), item] });
    expect(refused.status).toBe(400);
    const { error } = await refused.json<{ error: { param: string; message: string } }>();
    expect(error.param).toBe(param);
    expect(error.message).not.toMatch(/Invalid input$/);
  });
});

describe("metadata", () => {
  it("that is no session id is refused with a hint that it names a session", async () => {
    const refused = await llamory.post("/v1/responses", { ...responses, metadata: { session_id: "not a session" } });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: { param: "metadata.session_id", message: expect.stringContaining("names the session") },
    });
  });

  it("and other fields of a request are repeated by its response", async () => {
    const fields = {
      metadata: { topic: "bees" },
      top_p: 0.5,
      truncation: "disabled",
      instructions: "Be brief.",
      temperature: 0.1,
    };
    const answer = await llamory.post("/v1/responses", { ...responses, ...fields });
    expect(await answer.json()).toMatchObject(fields);
    const plain = await llamory.post("/v1/responses", responses);
    expect(await plain.json()).toMatchObject({ metadata: {}, top_p: null, truncation: "auto", instructions: null });
  });
});
