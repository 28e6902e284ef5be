import { describe, expect, it } from "vitest";
import { begin, respond } from "../../support/responses";
import { PARTS, PLAYED, scripted, unscripted } from "../../support/scripted-model";
import { Events } from "../../support/sse";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const system = (content: string) => ({ role: "system", content });
const chat = (messages: object[], session?: string, body: object = {}) =>
  llamory.post("/v1/chat/completions", { messages, ...body }, session === undefined ? {} : { "x-session-id": session });
const answerOf = async (response: Response) => {
  const { choices } = await response.json<{ choices: { message: { content: string } }[] }>();
  return choices[0]?.message.content;
};
const lastTurn = async (session: string) => {
  const response = await llamory.fetch(`/sessions/${session}/messages?limit=1`);
  const { data } = await response.json<{ data: { turnId: string }[] }>();
  return `/sessions/${session}/turns/${data[0]?.turnId}`;
};
/** Returns the roles and texts of the last prompt, without the system prompt. */
const prompted = async (model: Awaited<ReturnType<typeof scripted>>) =>
  ((await model.runs()).at(-1)?.inputs.messages ?? []).slice(1).map(({ role, content }) => `${role}: ${content}`);

describe("a request without a question", () => {
  it.each([false, true])("of a system message alone is answered from it, streamed: %s", async (stream) => {
    const session = freshSession();
    const model = await scripted(session, { response: "Once upon a time." });
    const { body } = await respond({ input: [system("Tell a story.")], stream: false }, { "x-session-id": session });
    expect(body.output[0]?.content[0]?.text).toBe("Once upon a time.");
    const [run] = await model.runs();
    expect(run?.inputs.messages).toEqual([system(expect.stringContaining("Tell a story."))]);
    expect(await llamory.transcript(session)).toEqual(["assistant: Once upon a time."]);
    const again = await chat([system("Go on.")], session, { stream });
    expect(again.status).toBe(200);
    await again.text();
    expect(await llamory.transcript(session)).toHaveLength(2);
  });

  it("is answered without a session", async () => {
    expect((await chat([system("Say hello.")])).status).toBe(200);
    expect((await chat([user("Count."), assistant("One, two,")])).status).toBe(200);
  });

  it("and with a session continues its last answer, which is stored as one more message", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "One, two," }, { response: "three." }, { response: "four." });
    await llamory.ask(session, "Count.");
    expect(await answerOf(await chat([user("Count."), assistant("One, two,")], session))).toBe("three.");
    expect((await prompted(model)).map((line) => line.replace(/\[.*?\] /, ""))).toEqual([
      "user: Count.",
      "assistant: One, two,",
    ]);
    const { body } = await respond({ input: [assistant("three.")], conversation: session });
    expect(body.output[0]?.content[0]?.text).toBe("four.");
    expect(await llamory.transcript(session)).toEqual([
      "user: Count.",
      "assistant: One, two,",
      "assistant: three.",
      "assistant: four.",
    ]);
  });

  it("begins a session with the history that it continues", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "three." });
    await chat([user("Count."), assistant("One, two,")], session);
    expect(await prompted(model)).toEqual(["user: Count.", "assistant: One, two,"]);
    expect(await llamory.transcript(session)).toEqual(["user: Count.", "assistant: One, two,", "assistant: three."]);
  });

  it("is a turn: it can be read, replayed, exported, imported, rebuilt and deleted", async () => {
    const session = freshSession();
    await scripted(session, { response: "One." }, PARTS);
    await llamory.ask(session, "Count.");
    await (await chat([assistant("One.")], session, { stream: true })).text();
    const turn = await lastTurn(session);
    expect(await (await llamory.fetch(turn)).json()).toMatchObject({ status: "complete" });
    expect(await (await llamory.fetch(`${turn}/stream`)).text()).toContain("event: done");
    const prompt = await (await llamory.fetch(`${turn}/prompt`)).json<{ exact: boolean; messages: object[] }>();
    expect(prompt).toMatchObject({ exact: true });
    const lines = new TextDecoder().decode(await (await llamory.fetch(`/sessions/${session}/export`)).arrayBuffer());
    const elsewhere = freshSession();
    const init = { method: "POST", headers: { "content-type": "application/x-ndjson" }, body: lines };
    expect((await llamory.fetch(`/sessions/${elsewhere}/import`, init)).status).toBe(201);
    expect(await llamory.transcript(elsewhere)).toEqual(await llamory.transcript(session));
    expect(await (await llamory.fetch(turn, { method: "DELETE" })).json()).toMatchObject({ deleted: 1 });
    expect(await llamory.transcript(session)).toEqual(["user: Count.", "assistant: One."]);
  });

  it("has an empty question if the session has none", async () => {
    const session = freshSession();
    await scripted(session, { response: "Hello." });
    await chat([system("Say hello.")], session);
    expect(await (await llamory.fetch(await lastTurn(session))).json()).toMatchObject({
      question: "",
      answer: "Hello.",
    });
    await llamory.ask(session, "And now?");
    expect(await llamory.transcript(session)).toHaveLength(3);
  });

  it("is cancelled with its text", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "One." }, PLAYED);
    await llamory.ask(session, "Count.");
    const client = new Events(
      await llamory.post("/v1/responses", { input: [assistant("One.")], conversation: session, stream: true }),
    );
    const first = await client.next();
    const id = String(Reflect.get(Object(first?.data.response), "id"));
    await model.say("two");
    await llamory.fetch(`/v1/responses/${encodeURIComponent(id)}/cancel`, { method: "POST" });
    await client.rest();
    expect(await llamory.transcript(session)).toEqual(["user: Count.", "assistant: One.", "assistant: two"]);
  });

  it("that fails leaves nothing", async () => {
    const session = freshSession();
    await scripted(session, { response: "One." }, new Error("3003: bad"));
    await llamory.ask(session, "Count.");
    for (const stream of [false, true]) expect((await chat([assistant("One.")], session, { stream })).status).toBe(500);
    expect(await llamory.transcript(session)).toEqual(["user: Count.", "assistant: One."]);
  });

  it("continues from a response", async () => {
    const { body } = await begin(freshSession());
    expect((await respond({ input: [system("Be brief.")], previous_response_id: body.id })).status).toBe(200);
  });

  it.each<[path: string, body: object]>([
    ["/v1/chat/completions", { messages: [user("")] }],
    ["/v1/responses", { input: [assistant("Hi."), user("")] }],
    ["/v1/responses", { input: [{ type: "reasoning", summary: [] }] }],
    ["/v1/responses", { input: "" }],
  ])("is refused if its last message is empty, or if it has none: %s %j", async (path, body) => {
    expect((await llamory.post(path, body)).status).toBe(400);
  });
});

describe("a history", () => {
  it("may contain refusals and reasoning, of which the model gets the refusals", async () => {
    const model = await scripted(null, { response: "Fine." });
    const content = [
      { type: "thinking", thinking: "Hm.", signature: "x" },
      { type: "redacted_thinking", data: "x" },
      { type: "text", text: "No." },
      { type: "refusal", refusal: "I will not." },
    ];
    const silent = { role: "assistant", content: [{ type: "thinking", thinking: "Hm." }] };
    const asked = await chat([user("Do it."), silent, { role: "assistant", content }, user("Why?")]);
    expect(asked.status).toBe(200);
    expect(await prompted(model)).toEqual(["user: Do it.", "assistant: No.\nI will not.", "user: Why?"]);
    await unscripted();
  });
});

describe("the name of a user's message", () => {
  it("is stored, and shown to the model", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "Hi." });
    const history = [{ ...user("I keep bees."), name: "Ana" }, assistant("Nice.")];
    await chat([...history, { ...user("Who am I?"), name: "Ben" }], session);
    expect(await prompted(model)).toEqual(["user: Ana: I keep bees.", "assistant: Nice.", "user: Ben: Who am I?"]);
    const response = await llamory.fetch(`/sessions/${session}/messages`);
    const { data } = await response.json<{ data: { name?: string }[] }>();
    expect(data.map(({ name }) => name).reverse()).toEqual(["Ana", undefined, "Ben", undefined]);
    await chat([{ ...user("And my bees?"), name: "Ana" }], session);
    const prompt = await llamory.fetch(`${await lastTurn(session)}/prompt`);
    expect(await prompt.json()).toMatchObject({ exact: true });
    await chat([{ ...user("Hi."), name: "Cleo" }, user("And I?")], session);
    expect((await prompted(model)).at(-1)).toBe("user: Hi.\n\nAnd I?");
  });

  it("is shown in an exchange that results of functions continue", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "Sunny." });
    const called = [{ id: "c", type: "function", function: { name: "weather", arguments: "{}" } }];
    const result = { role: "tool", tool_call_id: "c", content: "sun" };
    await chat([{ ...user("And here?"), name: "Ana" }, { ...assistant(""), tool_calls: called }, result], session);
    expect(await prompted(model)).toEqual(["user: Ana: And here?", "assistant: ", "tool: sun"]);
  });

  it.each(["two\nlines", "x".repeat(129), 7])("is refused if it is none: %s", async (name) => {
    const refused = await chat([{ ...user("Hi."), name }]);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { param: "messages.0.name" } });
  });
});
