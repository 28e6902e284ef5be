import { describe, expect, it } from "vitest";
import { begin, respond } from "../../support/responses";
import { HELD, scripted } from "../../support/scripted-model";
import { undated } from "../../support/undated";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();

const history = [
  { role: "user", content: "My dog is called Rex." },
  { role: "assistant", content: "A fine name." },
];

describe("a response that begins with a history", () => {
  it("tells it to the model and remembers it", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "Rex." }, { response: "Still Rex." });
    const first = await respond(
      { input: [...history, { role: "user", content: "How is he called?" }] },
      { "x-session-id": session },
    );
    expect(first.status).toBe(200);
    const [run] = await model.runs();
    expect(run?.inputs.messages.slice(1)).toEqual([...history, { role: "user", content: "How is he called?" }]);
    const all = [
      "user: My dog is called Rex.",
      "assistant: A fine name.",
      "user: How is he called?",
      "assistant: Rex.",
    ];
    expect(await llamory.transcript(session)).toEqual(all);
    await respond({ input: "Sure?", previous_response_id: first.body.id });
    const [, second] = await model.runs();
    expect(
      second?.inputs.messages
        .slice(1)
        .map(undated)
        .map(({ role, content }) => `${role}: ${content}`),
    ).toEqual([...all, "user: Sure?"]);
  });

  it("without a session has one of its own, where the history is too", async () => {
    const { body } = await respond({ input: [...history, { role: "user", content: "What is my dog called?" }] });
    const { body: next } = await respond({ input: "What was my dog called?", previous_response_id: body.id });
    expect(next.output[0]?.content[0]?.text).toContain("Rex");
  });

  it("does not repeat what the session has: of the items that came back, only what is new is asked", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "Hi Ana." });
    const { body } = await begin(session);
    const back = await respond(
      { input: [{ role: "user", content: "My name is Ana." }, ...body.output, { role: "user", content: "And now?" }] },
      { "x-session-id": session },
    );
    expect(back.status).toBe(200);
    expect((await model.runs()).at(-1)?.inputs.messages.at(-1)).toEqual({ role: "user", content: "And now?" });
    expect(await llamory.transcript(session)).toEqual([
      "user: My name is Ana.",
      "assistant: Hi Ana.",
      "user: And now?",
      "assistant: Hi Ana.",
    ]);
  });

  it("takes back every item that it gave, reasoning and a refusal too", async () => {
    const session = freshSession();
    const message = { content: null, refusal: "I will not.", reasoning_content: "Hm." };
    await scripted(session, { choices: [{ message, finish_reason: "stop" }] });
    const { body } = await respond({ input: "Do it." }, { "x-session-id": session });
    expect(body.output).toMatchObject([{ type: "reasoning" }, { type: "message" }]);
    const other = freshSession();
    const model = await scripted(other, { response: "Fine." });
    const input = [{ role: "user", content: "Do it." }, ...body.output, { role: "user", content: "Why not?" }];
    expect((await respond({ input }, { "x-session-id": other })).status).toBe(200);
    expect((await model.runs())[0]?.inputs.messages.slice(1)).toEqual([
      { role: "user", content: "Do it." },
      { role: "assistant", content: "I will not." },
      { role: "user", content: "Why not?" },
    ]);
  });

  it("goes on where a reference to an item points", async () => {
    const session = freshSession();
    const { body } = await begin(session);
    const reference = { type: "item_reference", id: body.output[0]?.id };
    const next = await respond({ input: [reference, { role: "user", content: "What is my name?" }] });
    expect(next.body.output[0]?.content[0]?.text).toContain("Ana");
    expect(await llamory.transcript(session)).toHaveLength(4);
  });
});

describe("a response that goes on with one that there is not", () => {
  const notFound = { status: 404, body: { error: { code: "response_not_found" } } };

  it("is refused: an id that is none, one of no session, one of a turn that never was", async () => {
    for (const id of ["nonsense", "resp_nonsense", "resp_", `resp_${btoa("x/y")}`]) {
      expect(await respond({ input: "Hi", previous_response_id: id })).toMatchObject(notFound);
    }
    const { body } = await begin(freshSession());
    const changed = body.id.slice(0, -4) + (body.id.endsWith("aaaa") ? "bbbb" : "aaaa");
    expect(await respond({ input: "Hi", previous_response_id: changed })).toMatchObject(notFound);
    const reference = { type: "item_reference", id: "msg_nonsense" };
    expect(await respond({ input: [reference, { role: "user", content: "Hi" }] })).toMatchObject(notFound);
  });

  it("is refused after one that was not stored, and writes nothing", async () => {
    const session = freshSession();
    const { body } = await respond({ input: "My name is Ana.", store: false }, { "x-session-id": session });
    expect(await respond({ input: "Hi", previous_response_id: body.id })).toMatchObject(notFound);
    expect(await llamory.transcript(session)).toEqual([]);
  });

  it("is refused after a reset", async () => {
    const session = freshSession();
    const { body } = await begin(session);
    await llamory.post("/reset", { sessionId: session });
    expect(await respond({ input: "Hi", previous_response_id: body.id })).toMatchObject(notFound);
  });
});

describe("a request that names two sessions", () => {
  it("is refused, and the field is named", async () => {
    const session = freshSession();
    const { body } = await begin(session);
    const header = { "x-session-id": freshSession() };
    for (const [field, value] of [
      ["previous_response_id", body.id],
      ["conversation", session],
      ["conversation", { id: session }],
    ] as const) {
      const refused = await respond({ input: "Hi", [field]: value }, header);
      expect(refused).toMatchObject({ status: 400, body: { error: { code: "invalid_request", param: field } } });
      expect((await respond({ input: "Hi", [field]: value }, { "x-session-id": session })).status).toBe(200);
    }
  });
});

describe("a turn that was reset or cancelled", () => {
  it("tells the OpenAI SDKs not to ask again", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const messages = [{ role: "user", content: "Think." }];
    const asked = llamory.post("/v1/chat/completions", { messages }, { "x-session-id": session });
    await model.called();
    await llamory.post("/reset", { sessionId: session });
    const response = await asked;
    expect(response.status).toBe(409);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject({ error: { code: "turn_cancelled" } });
  });
});
