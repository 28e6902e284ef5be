import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { askRequest } from "../support/ask-request";
import { HELD, scripted } from "../support/scripted-model";
import { Events } from "../support/sse";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

describe("a turn that is answered as JSON", () => {
  it("can be cancelled: the question is kept, the asker and the next in line are told", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const asked = env.CHAT_DO.getByName(session).ask(askRequest("t1", "Think."));
    await model.called();
    const next = llamory.ask(session, "Next?");
    const path = `/sessions/${session}/turns/t1`;
    expect(await (await llamory.fetch(path)).json()).toMatchObject({ status: "running", question: "Think." });
    expect(await (await llamory.fetch(`${path}/cancel`, { method: "POST" })).json()).toMatchObject({
      status: "cancelled",
    });
    expect(await asked).toEqual({ state: "failed", failure: { reason: "turn_cancelled" } });
    await model.go();
    expect((await next).status).toBe(200);
    expect((await llamory.transcript(session)).slice(0, 3)).toEqual(["user: Think.", "assistant: ", "user: Next?"]);
    expect(await (await llamory.fetch(path)).json()).toMatchObject({ status: "cancelled", answer: "" });
  });

  it("that waits in line can be cancelled, and leaves nothing", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const first = llamory.ask(session, "First.");
    await model.called();
    const second = env.CHAT_DO.getByName(session).ask(askRequest("t2", "Second."));
    const cancelled = await llamory.fetch(`/sessions/${session}/turns/t2/cancel`, { method: "POST" });
    expect(await cancelled.json()).toMatchObject({ status: "cancelled", question: "Second." });
    expect(await second).toMatchObject({ failure: { reason: "turn_cancelled" } });
    await model.go();
    await first;
    expect((await llamory.ask(session, "Third.")).status).toBe(200);
    expect(await llamory.transcript(session)).not.toContain("user: Second.");
    expect(await model.runs()).toHaveLength(2);
  });

  it("is one turn when it is asked again under its id", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const stub = env.CHAT_DO.getByName(session);
    const asked = stub.ask(askRequest("t3", "Once."));
    await model.called();
    const again = stub.ask(askRequest("t3", "Once.", { again: true }));
    await model.go();
    expect(await again).toMatchObject({ state: "finished", turn: { answer: "re: Once." } });
    expect(await stub.ask(askRequest("t3", "Once.", { again: true }))).toMatchObject({ state: "finished" });
    await asked;
    expect(await model.runs()).toHaveLength(1);
    expect(await llamory.transcript(session)).toHaveLength(2);
  });

  it("is over for those who follow it only when it is durable", async () => {
    const session = freshSession();
    const stub = env.CHAT_DO.getByName(session);
    const model = await scripted(session, HELD);
    const [synced, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await runInDurableObject(stub, (_, { storage }) => {
      vi.spyOn(storage, "sync").mockImplementation(() => {
        synced.resolve();
        return gate.promise;
      });
    });
    const asked = stub.ask(askRequest("t4", "Think."));
    await model.called();
    const follower = new Events(await llamory.fetch(`/sessions/${session}/turns/t4/stream`));
    await model.go();
    await Promise.race([synced.promise, asked]);
    // The answer is stored. The turn runs until the storage confirms that.
    expect(await llamory.transcript(session)).toHaveLength(2);
    const turn = () => llamory.fetch(`/sessions/${session}/turns/t4`);
    expect(await (await turn()).json()).toMatchObject({ status: "running" });
    gate.resolve();
    expect((await follower.rest()).map(({ event }) => event)).toEqual(["start", "delta", "done"]);
    expect(await asked).toMatchObject({ state: "finished" });
    expect(await (await turn()).json()).toMatchObject({ status: "complete" });
  });
});

describe("an idempotency key", () => {
  it("stands for its turn for 24 hours, and then for a new one", async () => {
    const session = freshSession();
    const key = { "idempotency-key": "daily" };
    const first = await (await llamory.ask(session, "Good morning.", key)).json<{ turnId: string }>();
    const age = (hours: number) =>
      runInDurableObject(env.CHAT_DO.getByName(session), (_, { storage }) => {
        storage.sql.exec("UPDATE turns SET created_at = created_at - ?", hours * 3_600_000);
      });
    await age(23);
    expect(await (await llamory.ask(session, "Good morning.", key)).json()).toMatchObject({ turnId: first.turnId });
    await age(2);
    const second = await (await llamory.ask(session, "Good morning, again.", key)).json<{ turnId: string }>();
    expect(second.turnId).not.toBe(first.turnId);
    expect(await llamory.transcript(session)).toHaveLength(4);
  });
});

describe("appended messages", () => {
  const messages = [{ role: "user", content: "one" }];

  it("stay in one order and alternate with turns, in the count and in the sum of tokens", async () => {
    const session = freshSession();
    await Promise.all([
      llamory.post(`/sessions/${session}/messages`, { messages }),
      llamory.ask(session, "two"),
      llamory.post(`/sessions/${session}/messages`, { messages }),
    ]);
    const response = await llamory.fetch(`/sessions/${session}/messages`);
    const { data } = await response.json<{ data: { seq: number; tokens: number }[] }>();
    expect(data.map(({ seq }) => seq)).toEqual([4, 3, 2, 1]);
    const info = await (await llamory.fetch(`/sessions/${session}`)).json<{ tokens: number }>();
    expect(info.tokens).toBe(data.reduce((sum, { tokens }) => sum + tokens, 0));
  });

  it("stand in the line of 16 like everybody", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const first = llamory.ask(session, "first");
    await model.called();
    const appends = Array.from({ length: 17 }, () => llamory.post(`/sessions/${session}/messages`, { messages }));
    const refused = await Promise.race(appends);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "session_queue_full" });
    await model.go();
    await first;
    const statuses = (await Promise.all(appends)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(16);
  });
});
