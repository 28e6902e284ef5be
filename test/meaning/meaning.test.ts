import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, inject, it, vi } from "vitest";
import { cosine, strideOf, unit } from "../../src/do/recall/vectors";
import { counted, countRows } from "../support/counted";
import { scripted } from "../support/scripted-model";
import { freshSession, worker } from "../support/worker";
import "../support/provided";

const DIMENSIONS = 512;
/** A server with the real encoder, whose path says how it behaves; sessions of some 30 messages are beyond their context. */
const withEncoder = (way = "", over = {}) =>
  worker({
    EMBEDDING_MODEL: `${inject("encoder")}${way}/v1`,
    EMBEDDING_TIMEOUT_MS: "20000",
    CONTEXT_TOKENS: "1024",
    REPLY_TOKENS: "64",
    ...over,
  });
const stubOf = (session: string) => env.CHAT_DO.getByName(session);

/** How often the encoder was called at a path. */
const callsOf = async (id: string) => Number(await (await fetch(`${inject("encoder")}/count/${id}`)).text());

const chatter = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({
    role: at % 2 ? "assistant" : "user",
    name: at % 2 ? "Bo" : "Ana",
    content: `Chapter ${from + at}: the weather stayed grey and the train was late.`,
    createdAt: new Date(Date.UTC(2023, 0, 1, from + at)).toISOString(),
  }));

const append = async (llamory: ReturnType<typeof worker>, session: string, messages: object[]) => {
  for (let at = 0; at < messages.length; at += 1_000) {
    const part = { messages: messages.slice(at, at + 1_000) };
    expect((await llamory.post(`/sessions/${session}/messages`, part)).status).toBe(201);
  }
};

const infoOf = async (llamory: ReturnType<typeof worker>, session: string) =>
  (await llamory.fetch(`/sessions/${session}`)).json<{ messages: number; vectors?: number }>();

/** Lets alarms ring until every message has its vector. */
async function complete(llamory: ReturnType<typeof worker>, session: string): Promise<void> {
  await vi.waitFor(
    async () => {
      await runDurableObjectAlarm(stubOf(session));
      const { messages, vectors } = await infoOf(llamory, session);
      expect(vectors).toBe(messages);
    },
    { timeout: 15_000, interval: 20 },
  );
}

/** The least likeness of a message's stored vector to the one that the encoder makes of it now. */
async function likeness(session: string): Promise<number> {
  const said = await runInDurableObject(stubOf(session), (_, { storage }) =>
    storage.sql
      .exec<{ name: string | null; role: string; content: string; created_at: number; status: string | null }>(
        "SELECT name, role, content, created_at, status FROM messages ORDER BY seq",
      )
      .toArray(),
  );
  const stored = await runInDurableObject(stubOf(session), (_, { storage }) =>
    storage.sql
      .exec<{ data: ArrayBuffer }>("SELECT data FROM vectors ORDER BY block")
      .toArray()
      .flatMap(({ data }) =>
        Array.from({ length: data.byteLength / strideOf(DIMENSIONS) }, (_, at) =>
          new Uint8Array(data).slice(at * strideOf(DIMENSIONS), (at + 1) * strideOf(DIMENSIONS)),
        ),
      ),
  );
  expect(stored).toHaveLength(said.length);
  const line = ({ name, role, content }: (typeof said)[number]) => `${name ?? role}: ${content}`;
  const input = said.map((message, at) => {
    const before = said[at - 1];
    const near = before && before.status !== "withdrawn" && message.created_at - before.created_at <= 3_600_000;
    if (message.status === "withdrawn") return "withdrawn";
    return near ? `${line(before)}\n${line(message)}` : line(message);
  });
  const response = await fetch(`${inject("encoder")}/v1/embeddings`, {
    method: "POST",
    body: JSON.stringify({ input }),
  });
  const { data } = await response.json<{ data: { embedding: number[] }[] }>();
  const alike = data.map(({ embedding }, at) => cosine(unit(embedding), stored[at] ?? new Uint8Array(0)));
  return Math.min(...alike);
}

describe("a session beyond its context", () => {
  it("finds a cocker spaniel for a question about pets, in the recalled messages of its prompt", async () => {
    const [llamory, words] = [withEncoder(), withEncoder("", { EMBEDDING_MODEL: "" })];
    const session = freshSession();
    const told = {
      role: "user",
      name: "Ana",
      content: "We adopted a cocker spaniel.",
      createdAt: "2023-02-01T00:00:00Z",
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
    const llamory = withEncoder();
    const session = freshSession();
    await append(llamory, session, chatter(40));
    const { id } = await (
      await llamory.post("/v1/responses", { input: "The code is xylophone.", conversation: session })
    ).json<{ id: string }>();
    await append(llamory, session, chatter(20, 100));
    await complete(llamory, session);
    await llamory.fetch(`/v1/responses/${encodeURIComponent(id)}`, { method: "DELETE" });
    expect((await infoOf(llamory, session)).vectors).toBe(40);
    await llamory.ask(session, "And on?");
    await vi.waitFor(
      async () => {
        await runDurableObjectAlarm(stubOf(session));
        // Two of them say nothing any more.
        expect((await infoOf(llamory, session)).vectors).toBe(64);
      },
      { timeout: 20_000 },
    );
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

describe("while vectors are being made", () => {
  /** A session whose first batch is under way, until it is mended. */
  async function underWay() {
    const [session, id] = [freshSession(), crypto.randomUUID()];
    const llamory = withEncoder(`/held-${id}`);
    await append(worker(), session, chatter(48));
    const input = "The code is xylophone.";
    const asked = await worker().post("/v1/responses", { input, conversation: session });
    const begun = append(llamory, session, chatter(4, 48));
    await vi.waitFor(async () => expect(await callsOf(id)).toBeGreaterThan(0), { timeout: 5_000 });
    await begun;
    const mend = () => fetch(`${inject("encoder")}/mend/${id}`);
    return { session, llamory, mend, response: (await asked.json<{ id: string }>()).id };
  }

  it("a turn may be withdrawn: nothing of it is in the vectors", async () => {
    const { session, llamory, mend, response } = await underWay();
    await llamory.fetch(`/v1/responses/${encodeURIComponent(response)}`, { method: "DELETE" });
    await mend();
    await llamory.ask(session, "And on?");
    await vi.waitFor(
      async () => {
        await runDurableObjectAlarm(stubOf(session));
        expect((await infoOf(llamory, session)).vectors).toBe(56);
      },
      { timeout: 15_000 },
    );
    expect(await likeness(session)).toBeGreaterThan(0.99);
  });

  it("the session may be deleted: nothing is written afterwards", async () => {
    const { session, llamory, mend } = await underWay();
    await llamory.fetch(`/sessions/${session}`, { method: "DELETE" });
    await mend();
    // The encoder makes one batch after the other: when this one is there, that one was.
    const other = freshSession();
    await append(withEncoder(), other, chatter(48));
    await complete(withEncoder(), other);
    await runInDurableObject(stubOf(session), async (_, { storage }) => {
      expect(storage.sql.exec("SELECT name FROM sqlite_master").toArray()).toEqual([]);
      expect(await storage.getAlarm()).toBeNull();
    });
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

describe("an encoder that", () => {
  it.each(["failing", "silent"])("is %s leaves questions to be answered by words", async (way) => {
    const session = freshSession();
    await append(withEncoder(), session, chatter(48));
    await complete(withEncoder(), session);
    const broken = withEncoder(`/${way}`, { EMBEDDING_TIMEOUT_MS: "50" });
    for (const question of ["How was the weather?", "And the train?"]) {
      const asked = await broken.ask(session, question);
      expect(asked.status).toBe(200);
      expect(await asked.json()).toMatchObject({ memory: { recall: "words" } });
    }
  });

  it("fails again and again is asked ever more rarely", async () => {
    const session = freshSession();
    await append(withEncoder("/failing"), session, chatter(48));
    const dueIn = () =>
      runInDurableObject(stubOf(session), (_, { storage }) =>
        storage.sql
          .exec<{ at: number }>("SELECT at FROM due WHERE task = 'embed'")
          .toArray()
          .map(({ at }) => Math.round((at - Date.now()) / 1_000)),
      );
    await vi.waitFor(async () => expect(await dueIn()).toEqual([30]), { timeout: 5_000 });
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const pauses: (number | undefined)[] = [];
      for (let time = 0; time < 9; time += 1) {
        const [seconds = 0] = await dueIn();
        vi.setSystemTime(Date.now() + (seconds + 1) * 1_000);
        await runInDurableObject(stubOf(session), (instance) => instance.alarm());
        pauses.push((await dueIn())[0]);
      }
      expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is gone in the middle of a backlog leaves what it made, and the rest is made when it is back", async () => {
    const session = freshSession();
    const id = `1-${crypto.randomUUID()}`;
    const llamory = withEncoder(`/broken-${id}`);
    await append(llamory, session, chatter(150));
    await vi.waitFor(
      async () => {
        await runDurableObjectAlarm(stubOf(session));
        expect((await infoOf(llamory, session)).vectors).toBe(100);
      },
      { timeout: 20_000 },
    );
    const asked = await llamory.ask(session, "How was the weather?");
    expect(await asked.json()).toMatchObject({ memory: { recall: "words" } });
    await fetch(`${inject("encoder")}/mend/${id}`);
    await llamory.ask(session, "And now?");
    await complete(llamory, session);
    expect(await likeness(session)).toBeGreaterThan(0.99);
  });
});
