import { afterAll, describe, expect, it } from "vitest";
import { bytes, scripted, unscripted } from "../support/scripted-model";
import { ask, CALL, complete, weather } from "../support/weather";
import { freshSession, worker } from "../support/worker";

const llamory = worker();
const schema = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
const response_format = { type: "json_schema", json_schema: { name: "person", schema } };
const who = { messages: [{ role: "user", content: "Who is it?" }], response_format };
const ANA = '{"name":"Ana"}';
const headers = (session: string) => ({ "x-session-id": session });
/** Returns the name of a model that no other test uses, so nothing about it is cached. */
const freshModel = () => `model-${crypto.randomUUID()}`;
const sse = (...chunks: object[]) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
const delta = (part: object, finish_reason: string | null = null) => ({ choices: [{ delta: part, finish_reason }] });

afterAll(unscripted);

describe("a model without JSON mode", () => {
  it.each([
    "5025: This model doesn't support JSON Schema.",
    "3030: JSON mode is not supported by this model",
    "400: HTTP 400 response_format is not supported",
  ])("is asked in words, at once and from then on: %s", async (message) => {
    const session = freshSession();
    const own = worker({ MODEL: freshModel(), FALLBACK_MODEL: "" });
    const model = await scripted(session, new Error(message), { response: ANA });
    for (let turn = 0; turn < 2; turn += 1) {
      const response = await own.post("/v1/chat/completions", who, headers(session));
      expect(await response.json()).toMatchObject({ choices: [{ message: { content: ANA } }] });
    }
    const [first, second, third, ...more] = (await model.runs()).map(({ inputs }) => inputs);
    expect(first?.response_format).toBeDefined();
    for (const inputs of [second, third]) {
      expect(inputs?.response_format).toBeUndefined();
      expect(inputs?.messages[0]?.content).toContain(JSON.stringify(schema));
    }
    expect(more).toEqual([]);
  });

  it("costs two replies of a request at most: the refusal before them is none", async () => {
    const session = freshSession();
    const own = worker({ MODEL: freshModel(), FALLBACK_MODEL: freshModel() });
    const refusal = new Error("5025: This model doesn't support JSON Schema.");
    const model = await scripted(session, refusal, { response: "Ana, I think." });
    const response = await own.post("/v1/chat/completions", who, headers(session));
    expect([response.status, response.headers.get("x-should-retry")]).toEqual([502, "false"]);
    expect(await model.runs()).toHaveLength(3);
  });
});

describe("JSON that only the reasoning contains", () => {
  it.each([
    ["the answer if it is all of it", ANA, 200],
    ["no answer if it is a draft", `Maybe ${ANA}?`, 502],
  ])("is %s", async (_what, reasoning_content, status) => {
    const session = freshSession();
    await scripted(session, { choices: [{ message: { content: null, reasoning_content }, finish_reason: "stop" }] });
    expect((await llamory.post("/v1/chat/completions", who, headers(session))).status).toBe(status);
  });
});

describe("a level of reasoning", () => {
  it("is passed on to a model that the catalogue does not know, and left out for one that has none", async () => {
    const session = freshSession();
    const own = worker({ MODEL: freshModel(), FALLBACK_MODEL: "" });
    const refusal = new Error('400: HTTP 400 "llama3.2" does not support thinking');
    const model = await scripted(session, { response: "Hi." }, refusal, { response: "Hi." });
    const body = { messages: [{ role: "user", content: "Hi" }], reasoning_effort: "low" };
    await own.post("/v1/chat/completions", body, headers(session));
    await own.post("/v1/responses", { input: "Hi", conversation: session, reasoning: { effort: "high" } });
    await own.post("/v1/chat/completions", body, headers(session));
    await llamory.post("/v1/chat/completions", body, headers(session));
    const efforts = (await model.runs()).map(({ inputs }) => inputs.reasoning_effort);
    expect(efforts).toEqual(["low", "high", undefined, undefined, undefined]);
  });
});

describe("a model that has a fallback", () => {
  it("is not waited for while it is busy", async () => {
    const session = freshSession();
    const model = await scripted(session, new Error("3040: Capacity temporarily exceeded"), { response: "Hi." });
    await worker({ MODEL: freshModel(), FALLBACK_MODEL: "" }).ask(session, "Hi");
    await worker({ MODEL: freshModel(), FALLBACK_MODEL: freshModel() }).ask(session, "Hi");
    expect((await model.runs()).map(({ rejectIfBusy }) => rejectIfBusy)).toEqual([undefined, undefined, true]);
  });
});

describe("calls of a tool that insists on its schema", () => {
  const strict = { ...weather, function: { ...weather.function, strict: true } };
  const call = (json: string) => ({ name: "weather", arguments: json });
  const wrong = { response: null, tool_calls: [call('{"town":"Paris"}')] };
  const right = { response: null, tool_calls: [call('{"city":"Paris"}')] };

  it("are asked for once more where they do not match, whole", async () => {
    const session = freshSession();
    const model = await scripted(session, wrong, right);
    const { message } = await complete(session, [ask], { tools: [strict] });
    expect(message?.tool_calls).toMatchObject([{ function: CALL }]);
    expect(await model.runs()).toHaveLength(2);
  });

  it("are asked for once more where they do not match, streamed", async () => {
    const session = freshSession();
    const model = await scripted(
      session,
      bytes(sse({ ...wrong, response: "" }, { response: "", finish_reason: "stop" })),
      right,
    );
    const body = { messages: [ask], tools: [strict], stream: true };
    const text = await (await llamory.post("/v1/chat/completions", body, headers(session))).text();
    expect(text).toContain('{\\"city\\":\\"Paris\\"}');
    expect(text).not.toContain("town");
    expect((await model.runs()).map(({ inputs }) => inputs.stream)).toEqual([true, undefined]);
  });

  it("are an error where they do not match twice, and taken as they are without `strict`", async () => {
    const [session, other] = [freshSession(), freshSession()];
    const model = await scripted(session, wrong);
    expect((await complete(session, [ask], { tools: [strict] })).error?.code).toBe("model_reply_malformed");
    expect(await model.runs()).toHaveLength(2);
    await scripted(other, wrong);
    expect((await complete(other, [ask])).message?.tool_calls).toHaveLength(1);
  });
});

describe("calls as text", () => {
  const text = { response: '{"name": "weather", "parameters": {"city": "Paris"}}' };

  it.each(["required", { type: "function", function: { name: "weather" } }])(
    "are calls where they are required: %j",
    async (tool_choice) => {
      const session = freshSession();
      const model = await scripted(session, text);
      const { message } = await complete(session, [ask], { tools: [weather], tool_choice });
      expect(message?.tool_calls).toHaveLength(1);
      expect(await model.runs()).toHaveLength(1);
    },
  );

  it.each(['{"name": "weather"}', '{"name": "weather", "parameters": null}'])(
    "may leave out the arguments: %s",
    async (response) => {
      const session = freshSession();
      await scripted(session, { response });
      const { message } = await complete(session, [ask], { tools: [weather] });
      expect(message?.tool_calls).toMatchObject([{ function: { name: "weather", arguments: "{}" } }]);
    },
  );

  it("are text where the request has no tools", async () => {
    const session = freshSession();
    await scripted(session, text);
    expect((await complete(session, [ask], {})).message).toMatchObject({ content: text.response });
  });
});

describe("an answer after the results of calls", () => {
  const exchanged = (content: unknown, call: object = { function: CALL }) => [
    ask,
    { role: "assistant", content: [], tool_calls: [{ id: "call_0", ...call }] },
    { role: "tool", tool_call_id: "call_0", content },
  ];

  it.each([false, true])("may be empty, streamed: %s", async (stream) => {
    await scripted(null, stream ? bytes(sse(delta({ content: "" }), delta({}, "stop"))) : { response: "" });
    const response = await llamory.post("/v1/chat/completions", { messages: exchanged("20 degrees"), stream });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('"finish_reason":"stop"');
  });

  it.each([null, [], "", "20 degrees"])("may be one to a content %j, and to a call without `type`", async (content) => {
    const model = await scripted(null, { response: "Done." });
    expect((await complete(null, exchanged(content))).message?.content).toBe("Done.");
    const run = (await model.runs()).at(-1);
    const text = typeof content === "string" ? content : "";
    expect(run?.inputs.messages.at(-1)).toMatchObject({ role: "tool", name: "weather", content: text });
  });

  it("belongs to the call before it, where two turns have the same id", async () => {
    const model = await scripted(null, { response: "Done." });
    const second = [
      {
        role: "assistant",
        tool_calls: [{ id: "call_0", type: "function", function: { name: "clock", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "call_0", content: "noon" },
    ];
    await complete(null, [...exchanged("20 degrees"), ...second]);
    const names = (await model.runs())
      .at(-1)
      ?.inputs.messages.flatMap(({ role, name }) => (role === "tool" ? [name] : []));
    expect(names).toEqual(["weather", "clock"]);
  });

  it("may follow reasoning that a response gave back", async () => {
    const model = await scripted(null, { response: "Done." });
    const call = { type: "function_call", call_id: "call_0", name: "weather", arguments: "{}" };
    const reasoning = {
      type: "reasoning",
      id: "rs_1",
      summary: [],
      content: [{ type: "reasoning_text", text: "Hm." }],
    };
    const output = { type: "function_call_output", call_id: "call_0", output: "20 degrees" };
    const input = [{ role: "user", content: "Warm?" }, reasoning, call, output];
    const response = await llamory.post("/v1/responses", { input, store: false });
    expect(response.status).toBe(200);
    expect(JSON.stringify((await model.runs()).at(-1))).not.toContain("Hm.");
  });
});

describe("reasoning", () => {
  const thought = bytes(
    sse(delta({ reasoning: "They" }), delta({ reasoning: " ask." }), delta({ content: "Hi." }, "stop")),
  );

  it("is an item of a response, streamed before the message", async () => {
    await scripted(null, thought);
    const body = { input: "Hi", store: false, stream: true };
    const events = await (await llamory.post("/v1/responses", body)).text();
    expect([...events.matchAll(/^event: (.*)$/gm)].map(([, name]) => name)).toEqual([
      ...["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added"],
      ...["response.reasoning_text.delta", "response.reasoning_text.done", "response.content_part.done"],
      ...["response.output_item.done", "response.output_item.added", "response.content_part.added"],
      ...["response.output_text.delta", "response.output_text.done"],
      ...["response.content_part.done", "response.output_item.done", "response.completed"],
    ]);
    expect(events).toContain('"output":[{"type":"reasoning"');
  });

  it("is in no answer of the session's own API, in no transcript and in no later prompt", async () => {
    const session = freshSession();
    const model = await scripted(session, thought, { response: "Hello." });
    expect(await (await llamory.stream(session, "Hi")).text()).not.toContain("They");
    await llamory.ask(session, "And?");
    expect(await llamory.transcript(session)).toEqual([
      "user: Hi",
      "assistant: Hi.",
      "user: And?",
      "assistant: Hello.",
    ]);
    expect(JSON.stringify((await model.runs())[1]?.inputs)).not.toContain("They");
  });
});
