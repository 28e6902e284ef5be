import { describe, expect, it } from "vitest";
import { HELD, heldError, PLAYED, scripted } from "../support/scripted-model";
import { Events, textOf } from "../support/sse";
import { undated } from "../support/undated";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

describe("questions to one session at once", () => {
  it("are answered one after the other, up to 16 in line; the 18th is refused", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const first = llamory.ask(session, "question 0");
    await model.called();
    const asked = [first];
    for (let at = 1; at <= 16; at += 1) asked.push(llamory.ask(session, `question ${at}`));
    const refused = await llamory.ask(session, "question 17");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: "session_queue_full" });
    await model.go();
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual(Array(17).fill(200));
    const expected = Array.from({ length: 17 }, (_, at) => [
      `user: question ${at}`,
      `assistant: re: question ${at}`,
    ]).flat();
    expect(await llamory.transcript(session)).toEqual(expected);
    for (const [at, { inputs }] of (await model.runs()).entries()) {
      const seen = inputs.messages
        .slice(1)
        .map(undated)
        .map(({ role, content }) => `${role}: ${content}`);
      expect(seen).toEqual(expected.slice(0, 2 * at + 1));
    }
  });

  it("are refused at once with `onBusy: reject`", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const first = llamory.ask(session, "first");
    await model.called();
    const refused = await llamory.post("/ask", { sessionId: session, question: "second", onBusy: "reject" });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "session_busy" });
    await model.go();
    expect((await first).status).toBe(200);
    const after = await llamory.post("/ask", { sessionId: session, question: "third", onBusy: "reject" });
    expect(after.status).toBe(200);
  });

  it("wait for appended messages, and those for the turn that runs", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const asked = llamory.ask(session, "first");
    await model.called();
    const appended = llamory.post(`/sessions/${session}/messages`, {
      messages: [{ role: "user", content: "appended" }],
    });
    await model.go();
    await Promise.all([asked, appended]);
    expect(await llamory.transcript(session)).toEqual(["user: first", "assistant: re: first", "user: appended"]);
  });
});

describe("Idempotency-Key", () => {
  const key = (name: string) => ({ "idempotency-key": name });

  it("makes 20 asks at once one turn, one call of the model, and 20 equal answers", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const asked = Array.from({ length: 20 }, () => llamory.ask(session, "Once?", key("k1")));
    await model.called();
    await model.go();
    const responses = await Promise.all(asked);
    const bodies = await Promise.all(responses.map((response) => response.text()));
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(bodies).size).toBe(1);
    expect(await model.runs()).toHaveLength(1);
    expect(responses.filter(({ headers }) => headers.get("idempotency-replayed") === "true")).toHaveLength(19);
    expect(await llamory.transcript(session)).toHaveLength(2);
  });

  it("gives the same turn again when it is over, as JSON and as a stream", async () => {
    const session = freshSession();
    const first = await llamory.ask(session, "My name is Ana.", key("k2"));
    const body = await first.json<{ answer: string; turnId: string }>();
    const again = await llamory.ask(session, "My name is Ana.", key("k2"));
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await again.json()).toEqual(body);
    const streamed = await llamory.stream(session, "My name is Ana.", key("k2"));
    expect(streamed.headers.get("idempotency-replayed")).toBe("true");
    const events = await new Events(streamed).rest();
    expect(events.map(({ event }) => event)).toEqual(["start", "delta", "done"]);
    expect(events.at(-1)?.data).toEqual(body);
    expect(await llamory.transcript(session)).toHaveLength(2);
  });

  it("follows a running turn with a stream", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED);
    const first = new Events(await llamory.stream(session, "Sing.", key("k3")));
    await first.next();
    await model.say("la ");
    const second = new Events(await llamory.stream(session, "Sing.", key("k3")));
    const asked = llamory.ask(session, "Sing.", key("k3"));
    await model.say("la");
    await model.end();
    await first.rest();
    await second.rest();
    expect(second.raw).toBe(first.raw);
    expect(await (await asked).json()).toMatchObject({ answer: "la la" });
    expect(await model.runs()).toHaveLength(1);
  });

  it("is refused for another question, in the turn and after it", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const first = llamory.ask(session, "This.", key("k4"));
    await model.called();
    const during = await llamory.ask(session, "That.", key("k4"));
    expect(during.status).toBe(422);
    await model.go();
    await first;
    const after = await llamory.ask(session, "That.", key("k4"));
    expect(await after.json()).toMatchObject({ code: "idempotency_conflict", status: 422 });
  });

  it("may be used again when its turn failed, and all who waited are told why", async () => {
    const session = freshSession();
    const model = await scripted(session, heldError("4006: spent"), { response: "At last." });
    const asked = Array.from({ length: 3 }, () => llamory.ask(session, "Try.", key("k5")));
    await model.called();
    await model.go();
    const responses = await Promise.all(asked);
    expect(responses.map(({ status }) => status)).toEqual([429, 429, 429]);
    expect((await llamory.ask(session, "Try.", key("k5"))).status).toBe(200);
    expect(await llamory.transcript(session)).toHaveLength(2);
  });

  it.each(["", "a b", "x".repeat(256)])("must be a key: %j", async (name) => {
    const response = await llamory.ask(freshSession(), "Hi", key(name));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ path: "idempotency-key" }] });
  });
});

describe("a turn that another follows", () => {
  it("tells a JSON ask's answer to a follower in one piece", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const asked = llamory.ask(session, "Hm?", { "idempotency-key": "k6" });
    await model.called();
    const streamed = new Events(await llamory.stream(session, "Hm?", { "idempotency-key": "k6" }));
    await model.go();
    await asked;
    const events = await streamed.rest();
    expect(textOf(events)).toBe("re: Hm?");
  });
});
