import { describe, expect, it } from "vitest";
import { HELD, PLAYED, scripted } from "../../support/scripted-model";
import { Events, type ServerSentEvent } from "../../support/sse";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();

interface Answer {
  id: string;
  output: { id: string; content: { text: string }[] }[];
  error: { code: string; param: string | null };
}

const respond = async (body: object, headers: Record<string, string> = {}) => {
  const response = await llamory.post("/v1/responses", body, headers);
  return { status: response.status, body: await response.json<Answer>() };
};

const history = [
  { role: "user", content: "My dog is called Rex." },
  { role: "assistant", content: "A fine name." },
];

/** The first response of a session. */
const begin = (session: string) => respond({ input: "My name is Ana." }, { "x-session-id": session });

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
    expect(second?.inputs.messages.slice(1).map(({ role, content }) => `${role}: ${content}`)).toEqual([
      ...all,
      "user: Sure?",
    ]);
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

/** The id of the response that an event tells of. */
function idIn(event: ServerSentEvent | undefined): string {
  const response = event?.data.response;
  return typeof response === "object" && response !== null && "id" in response ? String(response.id) : "";
}

describe("a response that was stored", () => {
  const get = (id: string, method = "GET") => llamory.fetch(`/v1/responses/${encodeURIComponent(id)}`, { method });

  it("can be read again, as it was answered", async () => {
    const session = freshSession();
    const { body } = await begin(session);
    const read = await get(body.id);
    expect(read.status).toBe(200);
    expect(await read.json()).toEqual({ ...body, conversation: { id: session } });
  });

  it("is read while it runs, when it was cancelled, and when it was cut off", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED);
    for (const [how, status] of [
      ["cancel", "cancelled"],
      ["cut", "failed"],
    ]) {
      const client = new Events(
        await llamory.post("/v1/responses", { input: "Sing.", stream: true, conversation: session }),
      );
      const id = idIn(await client.next());
      expect(await (await get(id)).json()).toMatchObject({ status: "in_progress", error: null });
      await model.say("la la");
      const turn = `/sessions/${session}/turns/${id.slice(id.indexOf(".") + 1)}`;
      if (how === "cancel") await llamory.fetch(turn, { method: "DELETE" });
      else await model.fail();
      await client.rest();
      expect(await (await get(id)).json()).toMatchObject({ status, output: [{ content: [{ text: "la la" }] }] });
    }
  });

  it("is deleted with its question: gone from transcript, search, prompts and export, and what came after stays", async () => {
    const session = freshSession();
    const { body } = await begin(session);
    const { body: secret } = await respond({ input: "The code is xylophone.", previous_response_id: body.id });
    await respond({ input: "It rains.", previous_response_id: secret.id });
    const deleted = await get(secret.id, "DELETE");
    expect(await deleted.json()).toEqual({ id: secret.id, object: "response", deleted: true });
    const model = await scripted(session, { response: "No idea." });
    await llamory.ask(session, "What is the code?");
    const [run] = await model.runs();
    expect(JSON.stringify(run?.inputs.messages)).toContain("It rains.");
    const search = await llamory.post(`/sessions/${session}/search`, { q: "xylophone" });
    const lines = new TextDecoder().decode(await (await llamory.fetch(`/sessions/${session}/export`)).arrayBuffer());
    for (const text of [JSON.stringify(run), await search.text(), lines]) expect(text).not.toContain("xylophone");
    expect(await llamory.transcript(session)).toHaveLength(6);
    const counts = await llamory.fetch(`/sessions/${session}`);
    expect(await counts.json()).toMatchObject({ messages: 6 });
    for (const method of ["GET", "DELETE"]) expect((await get(secret.id, method)).status).toBe(404);
    expect((await respond({ input: "Hi", previous_response_id: secret.id })).status).toBe(404);
    const elsewhere = freshSession();
    const headers = { "content-type": "application/x-ndjson" };
    const init = { method: "POST", headers, body: lines };
    expect((await llamory.fetch(`/sessions/${elsewhere}/import`, init)).status).toBe(201);
    const again = await llamory.fetch(`/sessions/${elsewhere}/export`);
    expect(new TextDecoder().decode(await again.arrayBuffer())).toBe(lines);
  });

  it("and is the last one leaves a session that exports, counts and goes on", async () => {
    const session = freshSession();
    const { body } = await begin(session);
    await get(body.id, "DELETE");
    const lines = await llamory.fetch(`/sessions/${session}/export`);
    expect(new TextDecoder().decode(await lines.arrayBuffer())).toContain('{"end":{"messages":0}}');
    expect(await (await llamory.fetch(`/sessions/${session}`)).json()).toMatchObject({
      messages: 0,
      tokens: 0,
      lastAt: null,
    });
    expect((await llamory.ask(session, "Hello?")).status).toBe(200);
    expect(await llamory.transcript(session)).toHaveLength(2);
  });

  it("is deleted while another turn runs, which goes on and is remembered whole", async () => {
    const session = freshSession();
    const { body } = await begin(session);
    const model = await scripted(session, PLAYED);
    const client = new Events(await llamory.stream(session, "Sing."));
    await client.next();
    expect((await get(body.id, "DELETE")).status).toBe(200);
    await model.say("la la");
    await model.end();
    expect((await client.rest()).at(-1)).toMatchObject({ event: "done", data: { answer: "la la" } });
    expect(await llamory.transcript(session)).toEqual(["user: Sing.", "assistant: la la"]);
  });

  it("and runs is ended and deleted", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED);
    const client = new Events(
      await llamory.post("/v1/responses", { input: "Sing.", stream: true, conversation: session }),
    );
    const id = idIn(await client.next());
    await model.say("la");
    expect((await get(id, "DELETE")).status).toBe(200);
    await client.rest();
    expect(await llamory.transcript(session)).toEqual([]);
  });
});

describe("GET /v1/models/:model", () => {
  it("tells of a model that answers, its slashes escaped or not, and of no other", async () => {
    const llama = worker({ MODEL: "@cf/meta/llama-3.1-8b-instruct-fast" });
    const path = "/v1/models/@cf/meta/llama-3.1-8b-instruct-fast";
    for (const url of [path, `/v1/models/${encodeURIComponent(path.slice(11))}`]) {
      const response = await llama.raw(url);
      expect(await response.json()).toEqual({
        ...{ id: path.slice(11), object: "model", created: 0, owned_by: "llamory" },
        ...{ context_window: 128_000, pricing: { prompt: 0.045, completion: 0.384 } },
      });
    }
    const unknown = await llama.fetch("/v1/models/gpt-5");
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { code: "model_not_found" } });
  });
});
