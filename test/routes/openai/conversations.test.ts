import { describe, expect, it } from "vitest";
import { assistant, create, get, list, pathOf, said, user } from "../../support/conversations";
import { respond } from "../../support/responses";
import { scripted } from "../../support/scripted-model";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();

describe("a conversation", () => {
  it("is created, read, changed and deleted", async () => {
    const made = await create({ metadata: { topic: "bees" } });
    expect(made).toEqual({
      id: expect.stringMatching(/^conv_[0-9a-f]{32}$/),
      object: "conversation",
      created_at: expect.any(Number),
      metadata: { topic: "bees" },
    });
    expect(await (await get(pathOf(made.id))).json()).toEqual(made);
    const changed = await llamory.post(pathOf(made.id), { metadata: { topic: "honey" } });
    expect(await changed.json()).toEqual({ ...made, metadata: { topic: "honey" } });
    const emptied = await llamory.post(pathOf(made.id), { metadata: null });
    expect(await emptied.json()).toEqual({ ...made, metadata: {} });
    const deleted = await get(pathOf(made.id), "DELETE");
    expect(await deleted.json()).toEqual({ id: made.id, object: "conversation.deleted", deleted: true });
    expect((await get(pathOf(made.id))).status).toBe(404);
    expect((await llamory.post(pathOf(made.id), { metadata: {} })).status).toBe(404);
  });

  it("is created without a body, and with an empty list of items", async () => {
    const bare = await llamory.fetch("/v1/conversations", { method: "POST" });
    expect(await bare.json()).toMatchObject({ object: "conversation", metadata: {} });
    const { id } = await create({ items: [] });
    expect(await list(id)).toEqual({ object: "list", data: [], first_id: null, last_id: null, has_more: false });
  });

  it("is a session: responses continue it, and its items are the session's messages", async () => {
    const { id } = await create({
      items: [{ role: "system", content: "A record." }, user("I am Ana."), assistant("Hello Ana.")],
    });
    const model = await scripted(id, { response: "You are Ana." });
    const { body } = await respond({ input: "Who am I?", conversation: id });
    const prompt = JSON.stringify((await model.runs())[0]?.inputs.messages);
    for (const text of ["A record.", "I am Ana.", "Hello Ana.", "Who am I?"]) expect(prompt).toContain(text);
    const all = await list(id);
    expect(said(all)).toEqual([
      "system: A record.",
      "user: I am Ana.",
      "assistant: Hello Ana.",
      "user: Who am I?",
      "assistant: You are Ana.",
    ]);
    expect(all.data.at(-1)?.id).toBe(body.output[0]?.id);
    expect(await llamory.transcript(id)).toEqual(said(all));
    expect(await (await get(pathOf(id))).json()).toMatchObject({ metadata: {} });
  });

  it("is not created if its items cannot be stored", async () => {
    const calls = Array.from({ length: 129 }, (_, at) => ({
      ...{ type: "function_call", call_id: `c${at}`, name: "f", arguments: "{}" },
    }));
    for (const [param, items] of [
      ["items.1", [user("Hi."), { type: "item_reference", id: "msg_1" }]],
      ["items", calls],
    ] as const) {
      const refused = await llamory.post("/v1/conversations", { items });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ error: { param } });
    }
  });

  it("has names of up to 64 characters in its metadata", async () => {
    const named = (length: number) => llamory.post("/v1/conversations", { metadata: { ["n".repeat(length)]: "x" } });
    expect((await named(64)).status).toBe(200);
    const refused = await named(65);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("64 characters");
  });

  it("is every session with messages, and no other", async () => {
    const session = freshSession();
    expect((await get(pathOf(session))).status).toBe(404);
    await llamory.ask(session, "Hello?");
    expect(await (await get(pathOf(session))).json()).toMatchObject({ id: session, metadata: {} });
    await llamory.post("/reset", { sessionId: session });
    expect((await get(pathOf(session))).status).toBe(404);
  });

  it("and its metadata end with a reset", async () => {
    const { id } = await create({ metadata: { topic: "bees" } });
    await llamory.post("/reset", { sessionId: id });
    expect((await get(pathOf(id))).status).toBe(404);
  });

  it("keeps its metadata when the session's instructions change", async () => {
    const made = await create({ metadata: { topic: "bees" } });
    await llamory.patch(`/sessions/${made.id}`, { instructions: "Be brief." });
    await llamory.patch(`/sessions/${made.id}`, { instructions: null });
    expect(await (await get(pathOf(made.id))).json()).toEqual(made);
  });
});
