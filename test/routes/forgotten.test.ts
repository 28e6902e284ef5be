import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { askForm, askRequest } from "../support/ask-request";
import { HELD, PLAYED, scripted } from "../support/scripted-model";
import { Events } from "../support/sse";
import { freshSession, worker } from "../support/worker";

const llamory = worker();
type Stub = ReturnType<typeof env.CHAT_DO.getByName>;

const ways: [what: string, forget: (session: string) => Promise<Response>, call: (stub: Stub) => Promise<unknown>][] = [
  ["POST /reset", (session) => llamory.post("/reset", { sessionId: session }), (stub) => stub.reset()],
  ["DELETE", (session) => llamory.fetch(`/sessions/${session}`, { method: "DELETE" }), (stub) => stub.destroy()],
];

describe.each(ways)("%s", (_what, forget, call) => {
  it("while a turn runs and others wait: all are answered, and nothing of them is remembered", async () => {
    const session = freshSession();
    await llamory.ask(session, "The secret word is xylophone.");
    const model = await scripted(session, HELD, HELD, { response: "Fresh." });
    const running = llamory.ask(session, "Running?");
    await model.called();
    // Calls through one stub arrive in order.
    const stub = env.CHAT_DO.getByName(session);
    const waiting = [
      stub.ask(askRequest("w1", "Waiting?")),
      stub.ask(askRequest("w2", "Waiting, streamed?", { form: askForm(session) })),
      stub.append([{ role: "user", content: "appended" }]),
    ];
    await call(stub);
    const response = await running;
    expect(response.status).toBe(409);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject({ code: "turn_cancelled" });
    for (const reply of await Promise.all(waiting)) {
      expect(reply).toMatchObject({ failure: { reason: "turn_cancelled" } });
    }
    // The model's call is cancelled too, though the model has not started to reply.
    await model.cancelled();
    await model.go();
    expect(await llamory.transcript(session)).toEqual([]);
    expect((await llamory.ask(session, "What is the secret word?")).status).toBe(200);
    const prompts = (await model.runs()).map(({ inputs }) => JSON.stringify(inputs.messages));
    expect(prompts.at(-1)).not.toContain("xylophone");
    expect(await llamory.transcript(session)).toHaveLength(2);
    const found = await llamory.fetch(`/sessions/${session}/search?q=xylophone`);
    expect(await found.json()).toEqual({ data: [] });
  });

  it("ends a stream that runs with an error, and what the model says later goes nowhere", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED);
    const client = new Events(await llamory.stream(session, "Sing."));
    await client.next();
    await model.say("la ");
    await client.next();
    await forget(session);
    expect(await client.rest()).toMatchObject([{ event: "error", data: { code: "turn_cancelled" } }]);
    await model.cancelled();
    expect(await llamory.transcript(session)).toEqual([]);
  });

  it("again and again, with questions in between, leaves a session that answers", async () => {
    const session = freshSession();
    const all = Array.from({ length: 12 }, (_, at) =>
      at % 3 === 0 ? forget(session) : llamory.ask(session, `question ${at}`),
    );
    for (const { status } of await Promise.all(all)) expect([200, 409]).toContain(status);
    expect((await llamory.ask(session, "Are you there?")).status).toBe(200);
    expect((await llamory.transcript(session)).at(-2)).toBe("user: Are you there?");
  });
});

/** Lists the tables of a session's database. */
const tablesOf = (session: string) =>
  runInDurableObject(env.CHAT_DO.getByName(session), (_, { storage }) =>
    storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
  );

describe("a session that never was", () => {
  const reads: [what: string, read: (session: string) => Promise<Response>][] = [
    ["its counts", (session) => llamory.fetch(`/sessions/${session}`)],
    ["its messages", (session) => llamory.fetch(`/sessions/${session}/messages`)],
    ["search", (session) => llamory.fetch(`/sessions/${session}/search?q=hello`)],
    ["context", (session) => llamory.post(`/sessions/${session}/context`, { question: "Hello?" })],
    ["a turn", (session) => llamory.fetch(`/sessions/${session}/turns/t1`)],
    ["a turn's events", (session) => llamory.fetch(`/sessions/${session}/turns/t1/stream`)],
    ["the end of a turn", (session) => llamory.fetch(`/sessions/${session}/turns/t1/cancel`, { method: "POST" })],
    ["a reset", (session) => llamory.post("/reset", { sessionId: session })],
    ["DELETE", (session) => llamory.fetch(`/sessions/${session}`, { method: "DELETE" })],
    [
      "a response that is not stored",
      (session) => llamory.post("/v1/responses", { input: "Hi", store: false }, { "x-session-id": session }),
    ],
  ];

  it.each(reads)("has no tables after %s", async (_what, read) => {
    const session = freshSession();
    expect([200, 404]).toContain((await read(session)).status);
    expect(await tablesOf(session)).toEqual([]);
  });

  it("is so again after DELETE, alarm and all", async () => {
    const session = freshSession();
    await llamory.ask(session, "Hello?");
    await runInDurableObject(env.CHAT_DO.getByName(session), (_, { storage }) => storage.setAlarm(Date.now() + 1e9));
    await llamory.fetch(`/sessions/${session}`, { method: "DELETE" });
    expect(await tablesOf(session)).toEqual([]);
    await runInDurableObject(env.CHAT_DO.getByName(session), async (_, { storage }) => {
      expect(await storage.getAlarm()).toBeNull();
    });
  });
});
