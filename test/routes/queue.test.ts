import { describe, expect, it } from "vitest";
import { Events, playedStream, textOf } from "../support/sse";
import { freshSession, scripted, worker } from "../support/worker";

const llamory = worker();

/** A model that holds its answers back until it is told to go on, and echoes the question. */
function held() {
  const gate = Promise.withResolvers<void>();
  const called = Promise.withResolvers<void>();
  const AI = scripted(async (_: string, inputs: { messages: { content: string }[] }) => {
    called.resolve();
    await gate.promise;
    return { response: `re: ${inputs.messages.at(-1)?.content}` };
  });
  return { AI, called: called.promise, go: () => gate.resolve() };
}

describe("questions to one session at once", () => {
  it("are answered one after the other, up to 16 in line; the 18th is refused", async () => {
    const { AI, called, go } = held();
    const session = freshSession();
    const busy = worker({ AI });
    const first = busy.ask(session, "question 0");
    await called;
    const asked = [first];
    for (let at = 1; at <= 16; at += 1) asked.push(busy.ask(session, `question ${at}`));
    const refused = await busy.ask(session, "question 17");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: "session_queue_full" });
    go();
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual(Array(17).fill(200));
    const expected = Array.from({ length: 17 }, (_, at) => [
      `user: question ${at}`,
      `assistant: re: question ${at}`,
    ]).flat();
    expect(await llamory.transcript(session)).toEqual(expected);
    for (const [at, { inputs }] of AI.runs.entries()) {
      const seen = inputs.messages.slice(1).map(({ role, content }) => `${role}: ${content}`);
      expect(seen).toEqual(expected.slice(0, 2 * at + 1));
    }
  });

  it("are refused at once with `onBusy: reject`", async () => {
    const { AI, called, go } = held();
    const session = freshSession();
    const first = worker({ AI }).ask(session, "first");
    await called;
    const refused = await llamory.post("/ask", { sessionId: session, question: "second", onBusy: "reject" });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "session_busy" });
    go();
    expect((await first).status).toBe(200);
    const after = await llamory.post("/ask", { sessionId: session, question: "third", onBusy: "reject" });
    expect(after.status).toBe(200);
  });

  it("wait for appended messages, and those for the turn that runs", async () => {
    const { AI, called, go } = held();
    const session = freshSession();
    const asked = worker({ AI }).ask(session, "first");
    await called;
    const appended = llamory.post(`/sessions/${session}/messages`, {
      messages: [{ role: "user", content: "appended" }],
    });
    go();
    await Promise.all([asked, appended]);
    expect(await llamory.transcript(session)).toEqual(["user: first", "assistant: re: first", "user: appended"]);
  });
});

describe("Idempotency-Key", () => {
  const key = (name: string) => ({ "idempotency-key": name });

  it("makes 20 asks at once one turn, one call of the model, and 20 equal answers", async () => {
    const { AI, called, go } = held();
    const session = freshSession();
    const asked = Array.from({ length: 20 }, () => worker({ AI }).ask(session, "Once?", key("k1")));
    await called;
    go();
    const responses = await Promise.all(asked);
    const bodies = await Promise.all(responses.map((response) => response.text()));
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(bodies).size).toBe(1);
    expect(AI.runs).toHaveLength(1);
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
    const played = playedStream();
    const AI = scripted(played.stream);
    const session = freshSession();
    const first = new Events(await worker({ AI }).stream(session, "Sing.", key("k3")));
    await first.next();
    played.say("la ");
    const second = new Events(await worker({ AI }).stream(session, "Sing.", key("k3")));
    const asked = worker({ AI }).ask(session, "Sing.", key("k3"));
    played.say("la");
    played.end();
    await first.rest();
    await second.rest();
    expect(second.raw).toBe(first.raw);
    expect(await (await asked).json()).toMatchObject({ answer: "la la" });
    expect(AI.runs).toHaveLength(1);
  });

  it("is refused for another question, in the turn and after it", async () => {
    const { AI, called, go } = held();
    const session = freshSession();
    const first = worker({ AI }).ask(session, "This.", key("k4"));
    await called;
    const during = await llamory.ask(session, "That.", key("k4"));
    expect(during.status).toBe(422);
    go();
    await first;
    const after = await llamory.ask(session, "That.", key("k4"));
    expect(await after.json()).toMatchObject({ code: "idempotency_conflict", status: 422 });
  });

  it("may be used again when its turn failed, and all who waited are told why", async () => {
    const gate = Promise.withResolvers<never>();
    const called = Promise.withResolvers<void>();
    const AI = scripted(() => {
      called.resolve();
      return gate.promise;
    });
    const session = freshSession();
    const asked = Array.from({ length: 3 }, () => worker({ AI }).ask(session, "Try.", key("k5")));
    await called.promise;
    gate.reject(new Error("4006: spent"));
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
    const { AI, called, go } = held();
    const session = freshSession();
    const asked = worker({ AI }).ask(session, "Hm?", { "idempotency-key": "k6" });
    await called;
    const streamed = new Events(await llamory.stream(session, "Hm?", { "idempotency-key": "k6" }));
    go();
    await asked;
    const events = await streamed.rest();
    expect(textOf(events)).toBe("re: Hm?");
  });
});
