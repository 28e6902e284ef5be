import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { NOTHING_YET } from "../../src/turn/types";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

describe("a turn that is answered as JSON", () => {
  it("can be cancelled: the question is kept, the asker and the next in line are told", async () => {
    const session = freshSession();
    const stub = env.CHAT_DO.getByName(session);
    const opening = await stub.openTurn({ question: "Think.", budget: { context: 100, recall: 0 } });
    if (opening.state !== "open") throw new Error(opening.state);
    const { turn, identity } = opening;
    const next = llamory.ask(session, "Next?");
    const path = `/sessions/${session}/turns/${identity.id}`;
    expect(await (await llamory.fetch(path)).json()).toMatchObject({ status: "running", question: "Think." });
    expect(await (await llamory.fetch(path, { method: "DELETE" })).json()).toMatchObject({ status: "cancelled" });
    expect((await next).status).toBe(200);
    expect(await turn.commit({ ...NOTHING_YET, status: "complete", answer: "Too late." })).toBe("gone");
    expect((await llamory.transcript(session)).slice(0, 3)).toEqual(["user: Think.", "assistant: ", "user: Next?"]);
    expect(await (await llamory.fetch(path)).json()).toMatchObject({ status: "cancelled", answer: "" });
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
  it("stay in one order and alternate with turns, in the count and in the sum of tokens", async () => {
    const session = freshSession();
    const messages = [{ role: "user", content: "one" }];
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
});
