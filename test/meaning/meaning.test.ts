import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { counted, countRows } from "../support/counted";
import { scripted } from "../support/scripted-model";
import {
  append,
  callsOf,
  chatter,
  chatterNow,
  complete,
  infoOf,
  likeness,
  stubOf,
  textsOf,
  withEncoder,
} from "../support/vectors";
import { freshSession, worker } from "../support/worker";
import "../support/provided";
import { eventually } from "../support/eventually";

describe("a session beyond its context", () => {
  it("finds a cocker spaniel for a question about pets, in the recalled messages of its prompt", async () => {
    const [llamory, words] = [withEncoder(), withEncoder("", { EMBEDDING_MODEL: "" })];
    const session = freshSession();
    const told = {
      role: "user",
      name: "Ana",
      content: "We adopted a cocker spaniel.",
      createdAt: "2023-01-02T05:30:00Z",
    };
    await append(llamory, session, [...chatter(30), told, ...chatter(40, 30)]);
    await complete(llamory, session);
    const question = { question: "What pets does she have?" };
    const recalledBy = async (server: typeof llamory) => {
      const response = await server.post(`/sessions/${session}/context`, question);
      return response.json<{
        memory: { recall: string; recalled: { content: string; words?: number; meaning?: number }[] };
      }>();
    };
    const { memory } = await recalledBy(llamory);
    expect(memory.recall).toBe("words+meaning");
    expect(memory.recalled[0]?.content).toBe(told.content);
    expect(memory.recalled[0]?.meaning).toBeGreaterThan(0);
    expect((await recalledBy(words)).memory.recall).toBe("words");
    const found = await llamory.post(`/sessions/${session}/search`, { q: "pets", limit: 1 });
    expect(await found.json()).toMatchObject({ data: [{ content: told.content }] });
    const model = await scripted(session, { response: "I see." });
    const asked = await llamory.post("/ask", { sessionId: session, ...question });
    expect(await asked.json()).toMatchObject({ memory: { recall: "words+meaning" } });
    expect(JSON.stringify(await model.runs())).toContain("cocker spaniel");
  });

  it("costs one call for the question, one after the turn, and one row more", async () => {
    const id = crypto.randomUUID();
    const llamory = withEncoder(`/counted-${id}`);
    const session = freshSession();
    await append(llamory, session, chatter(48));
    await complete(llamory, session);
    const before = await callsOf(id);
    const rows = await countRows(session);
    const calls: string[] = [];
    const asked = await withEncoder(`/counted-${id}`, { CHAT_DO: counted(calls) }).ask(session, "How was the weather?");
    expect(asked.status).toBe(200);
    await complete(llamory, session);
    expect(calls).toEqual(["ask"]);
    expect((await callsOf(id)) - before).toBe(2);
    const { written } = await rows();
    expect(written).toBeLessThanOrEqual(6);
    expect(await likeness(session)).toBeGreaterThan(0.99);
  });

  it("keeps its vectors in step when a turn is withdrawn, and when it is emptied, exported and imported", async () => {
    const encoder = crypto.randomUUID();
    const llamory = withEncoder(`/counted-${encoder}`);
    const session = freshSession();
    await append(llamory, session, chatter(40));
    const { id } = await (
      await llamory.post("/v1/responses", { input: "The code is xylophone.", conversation: session })
    ).json<{ id: string }>();
    await append(llamory, session, chatterNow(100, 100));
    await complete(llamory, session);
    const before = await textsOf(encoder);
    await llamory.fetch(`/v1/responses/${encodeURIComponent(id)}`, { method: "DELETE" });
    // The withdrawal removed three vectors: of its two messages, and of the next one, whose text included the second.
    expect((await infoOf(llamory, session)).vectors).toBe(142 - 3);
    await llamory.ask(session, "And on?");
    await eventually(async () => {
      await runDurableObjectAlarm(stubOf(session));
      // The two withdrawn messages are empty now.
      expect((await infoOf(llamory, session)).vectors).toBe(144);
    });
    // The new question, the two messages of its turn, and the message after the withdrawn ones, which are not embedded.
    expect((await textsOf(encoder)) - before).toBe(4);
    expect(await likeness(session)).toBeGreaterThan(0.99);
    const lines = await (await llamory.fetch(`/sessions/${session}/export`)).arrayBuffer();
    const elsewhere = freshSession();
    const headers = { "content-type": "application/x-ndjson" };
    await llamory.fetch(`/sessions/${elsewhere}/import`, { method: "POST", headers, body: lines });
    await complete(llamory, elsewhere);
    expect(await likeness(elsewhere)).toBeGreaterThan(0.99);
    await llamory.post("/reset", { sessionId: session });
    expect(await infoOf(llamory, session)).toMatchObject({ messages: 0, vectors: 0 });
    await append(llamory, session, chatter(48, 500));
    await complete(llamory, session);
    expect(await likeness(session)).toBeGreaterThan(0.99);
  });

  it("begins anew with another model, and with other dimensions", async () => {
    const session = freshSession();
    await append(withEncoder(), session, chatter(48));
    await complete(withEncoder(), session);
    const short = withEncoder("/short");
    expect((await infoOf(short, session)).vectors).toBe(0);
    expect(await (await short.ask(session, "How was it?")).json()).toMatchObject({ memory: { recall: "words" } });
    await complete(short, session);
    expect(await (await short.ask(session, "How was it?")).json()).toMatchObject({
      memory: { recall: "words+meaning" },
    });
    await withEncoder().ask(session, "And now?");
    await complete(withEncoder(), session);
    expect(await likeness(session)).toBeGreaterThan(0.99);
  });

  it("knows its vectors again when its object was evicted", async () => {
    const session = freshSession();
    const llamory = withEncoder();
    await append(llamory, session, chatter(48));
    await complete(llamory, session);
    const nearest = async () => {
      const response = await llamory.post(`/sessions/${session}/context`, { question: "Was the train on time?" });
      return (await response.json<{ memory: { recalled: unknown[] } }>()).memory.recalled;
    };
    const before = await nearest();
    await evictDurableObject(stubOf(session));
    expect(await nearest()).toEqual(before);
  });
});

describe("a session that fits its context", () => {
  it("calls no encoder, and writes nothing more", async () => {
    const id = crypto.randomUUID();
    const llamory = withEncoder(`/counted-${id}`, { CONTEXT_TOKENS: "8192" });
    const session = freshSession();
    await append(llamory, session, chatter(20));
    await llamory.ask(session, "How was the weather?");
    const rows = await countRows(session);
    expect(await (await llamory.ask(session, "And the train?")).json()).toMatchObject({ memory: { recall: "words" } });
    expect((await rows()).written).toBeLessThanOrEqual(5);
    expect(await callsOf(id)).toBe(0);
    expect(await infoOf(llamory, session)).toMatchObject({ vectors: 0 });
    expect(await infoOf(worker(), session)).not.toHaveProperty("vectors");
  });
});
