import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { askRequest } from "../support/ask-request";
import { HELD, PLAYED, scripted } from "../support/scripted-model";
import { Events } from "../support/sse";
import { imported } from "../support/transfer";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

const sql = (session: string, statement: string) =>
  runInDurableObject(env.CHAT_DO.getByName(session), (_, { storage }) => {
    storage.sql.exec(statement);
  });

/** Makes writes of a kind fail, as on a full disk. */
const breakWrites = (session: string, kind: string) =>
  sql(session, `CREATE TRIGGER broken BEFORE ${kind} BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`);
const mendWrites = (session: string) => sql(session, "DROP TRIGGER broken");

/** Makes the object's next transaction end the object with SQLite's error for a disk that is full at commit. */
const fullOnCommit = (session: string) =>
  runInDurableObject(env.CHAT_DO.getByName(session), (_, state) => {
    const { storage } = state;
    const run = storage.transactionSync.bind(storage);
    Object.assign(storage, {
      transactionSync: (write: () => unknown) => {
        run(write);
        state.abort("database or disk is full: SQLITE_FULL");
      },
    });
  });

/** The failing writes, and the status of a JSON ask and of a stream: a stream that has begun ends with the error. */
const writes: [kind: string, whole: number, streamed: number][] = [
  ["INSERT ON messages", 507, 507],
  ["INSERT ON turns", 507, 507],
  ["UPDATE ON turns", 200, 200],
  ["INSERT ON messages WHEN new.role = 'assistant'", 507, 200],
];

describe.each(writes)("a session whose writes fail: %s", (kind, wholeStatus, streamedStatus) => {
  it("tells it, as JSON and in a stream, remembers nothing halfway, and goes on when it can", async () => {
    const session = freshSession();
    await llamory.ask(session, "I was here before.");
    await breakWrites(session, kind);
    const whole = await llamory.ask(session, "As JSON?");
    expect(whole.status).toBe(wholeStatus);
    if (wholeStatus === 507) {
      expect(whole.headers.get("x-should-retry")).toBe("false");
      expect(await whole.json()).toMatchObject({ code: "storage_failed" });
    }
    const streamed = await llamory.stream(session, "Streamed?");
    expect(streamed.status).toBe(streamedStatus);
    if (streamedStatus === 200) {
      const events = await new Events(streamed).rest();
      expect(events.at(-1)).toMatchObject({ event: "error", data: { code: "storage_failed" } });
    }
    expect([200, 507]).toContain((await llamory.ask(session, "Still failing?")).status);
    await mendWrites(session);
    expect((await llamory.ask(session, "And now?")).status).toBe(200);
    const said = await llamory.transcript(session);
    expect(said.slice(0, 2)).toEqual(["user: I was here before.", "assistant: Noted. I will remember that."]);
    expect(said.slice(-2)[0]).toBe("user: And now?");
    expect(said.every((line, at) => line.startsWith(at % 2 ? "assistant" : "user"))).toBe(true);
  });
});

describe("a write that fails", () => {
  it("of a streamed answer ends the stream with an error, and the next question is answered", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED, { response: "Yes." });
    const client = new Events(await llamory.stream(session, "Sing."));
    await client.next();
    await breakWrites(session, "INSERT ON messages");
    await model.say("la");
    await model.end();
    expect((await client.rest()).at(-1)).toMatchObject({ event: "error", data: { code: "storage_failed" } });
    // A stored `running` turn without a live turn is interrupted. Otherwise a page would follow it forever.
    const read = await llamory.fetch(`/sessions/${session}/messages`);
    expect(await read.json()).toMatchObject({ data: [{ content: "Sing.", status: "interrupted" }] });
    await mendWrites(session);
    expect((await llamory.ask(session, "Again?")).status).toBe(200);
    expect(await llamory.transcript(session)).toEqual([
      "user: Sing.",
      "assistant: ",
      "user: Again?",
      "assistant: Yes.",
    ]);
  });

  it("of appended messages is told, and none of them is there", async () => {
    const session = freshSession();
    await llamory.ask(session, "Hello.");
    await breakWrites(session, "INSERT ON messages WHEN new.seq = 4");
    const messages = Array.from({ length: 3 }, () => ({ role: "user", content: "x" }));
    const response = await llamory.post(`/sessions/${session}/messages`, { messages });
    expect(response.status).toBe(507);
    expect(await llamory.transcript(session)).toHaveLength(2);
  });

  it("because the disk turns out to be full when the object commits it is told, and nothing is sent again", async () => {
    const session = freshSession();
    await llamory.ask(session, "Hello.");
    const lines =
      '{"llamory":"session","version":1}\n{"message":{"role":"user","content":"x","createdAt":"2026-01-01T00:00:00Z"}}';
    const requests: (() => Promise<Response>)[] = [
      () => llamory.ask(session, "As JSON?"),
      () => llamory.stream(session, "Streamed?"),
      () => llamory.post(`/sessions/${session}/messages`, { messages: [{ role: "user", content: "x" }] }),
      () => llamory.post("/reset", { sessionId: session }),
      () => imported(session, `${lines}\n{"end":{"messages":1}}\n`),
    ];
    for (const request of requests) {
      await fullOnCommit(session);
      const response = await request();
      expect(response.status).toBe(507);
      expect(await response.json()).toMatchObject({ code: "storage_failed" });
      // These writes were committed before the object was lost. Empty the session, because an import requires that.
      if (request === requests.at(-2)) await llamory.post("/reset", { sessionId: session });
    }
    expect((await llamory.ask(session, "Is there room again?")).status).toBe(200);
  });

  it("of a reset is told, and all is still there", async () => {
    const session = freshSession();
    await llamory.ask(session, "Hello.");
    await breakWrites(session, "DELETE ON messages");
    expect((await llamory.post("/reset", { sessionId: session })).status).toBe(507);
    expect(await llamory.transcript(session)).toHaveLength(2);
    await mendWrites(session);
    expect((await llamory.post("/reset", { sessionId: session })).status).toBe(200);
  });

  it("of a turn that is cancelled is told, and the turn is over", async () => {
    const session = freshSession();
    await llamory.ask(session, "Hello.");
    const model = await scripted(session, HELD, { response: "Hello again." });
    await breakWrites(session, "INSERT ON messages");
    const asked = env.CHAT_DO.getByName(session).ask(askRequest("t1", "Think."));
    await model.called();
    const cancelled = await llamory.fetch(`/sessions/${session}/turns/t1/cancel`, { method: "POST" });
    expect(cancelled.status).toBe(507);
    expect(await asked).toMatchObject({ failure: { reason: "turn_cancelled" } });
    await mendWrites(session);
    expect((await llamory.ask(session, "Hello?")).status).toBe(200);
    expect(await llamory.transcript(session)).toHaveLength(4);
  });
});

describe("a history of the first version", () => {
  const first = async (session: string, history: unknown) => {
    const stub = env.CHAT_DO.getByName(session);
    await runInDurableObject(stub, async (_, { storage }) => {
      await storage.deleteAll();
      await storage.put("history", history);
    });
    await evictDurableObject(stub);
  };

  const histories: [what: string, history: unknown, messages: number][] = [
    ["with a message of 1.9 MB", [{ role: "user", content: "x".repeat(1_900_000) }], 1],
    ["that is no array", { role: "user", content: "x" }, 0],
    ["that is a number", 7, 0],
    ["of messages that are none", [undefined, [], new Date(0), new Map(), { role: "tool", content: "x" }], 0],
    ["with a message that says nothing", [{ role: "user", content: "" }], 1],
    ["with a character that ends a text elsewhere", [{ role: "user", content: "a\0b" }], 1],
  ];

  it.each(histories)("%s leaves a session that answers", async (_what, history, messages) => {
    const session = freshSession();
    await first(session, history);
    const counts = await (await llamory.fetch(`/sessions/${session}`)).json();
    expect(counts).toMatchObject({ messages });
    expect((await llamory.ask(session, "Are you there?")).status).toBe(200);
    expect(await (await llamory.fetch(`/sessions/${session}`)).json()).toMatchObject({ messages: messages + 2 });
  });

  it.each([
    ["a reset", (session: string) => llamory.post("/reset", { sessionId: session })],
    ["DELETE", (session: string) => llamory.fetch(`/sessions/${session}`, { method: "DELETE" })],
  ])("that could not be adopted does not come back after %s", async (_what, forget) => {
    const session = freshSession();
    const stub = env.CHAT_DO.getByName(session);
    // This table conflicts with the schema.
    await sql(session, "CREATE TABLE messages (other)");
    await runInDurableObject(stub, (_, { storage }) => storage.put("history", [{ role: "user", content: "old" }]));
    await evictDurableObject(stub);
    expect(await llamory.transcript(session)).toEqual([]);
    expect((await forget(session)).status).toBe(200);
    await sql(session, "DROP TABLE IF EXISTS messages");
    await evictDurableObject(stub);
    expect(await llamory.transcript(session)).toEqual([]);
  });
});
