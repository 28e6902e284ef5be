import { describe, expect, it } from "vitest";
import { HELD, PLAYED, type Script, scripted } from "../support/scripted-model";
import { Events, parseEvents, textOf } from "../support/sse";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

describe("POST /ask, streamed", () => {
  it("tells start, deltas and done, each with its place in the answer", async () => {
    const session = freshSession();
    const response = await llamory.stream(session, "I am Ana.");
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = parseEvents(await response.text());
    const turnId = events[0]?.data.turnId;
    expect(events[0]).toMatchObject({
      id: `${turnId}:0`,
      event: "start",
      data: { sessionId: session, model: "llamory-offline" },
    });
    let at = 0;
    for (const { id, event, data } of events.slice(1, -1)) {
      expect(event).toBe("delta");
      at += String(data.text).length;
      expect(id).toBe(`${turnId}:${at}`);
    }
    expect(events.at(-1)).toMatchObject({
      id: `${turnId}:${at}:done`,
      event: "done",
      data: { answer: textOf(events), sessionId: session, turnId, finishReason: "stop", usage: {}, memory: {} },
    });
    expect(events.length).toBeGreaterThanOrEqual(3);
    expect(await llamory.transcript(session)).toEqual(["user: I am Ana.", `assistant: ${textOf(events)}`]);
  });

  it("is also asked for by `stream: true`", async () => {
    const response = await llamory.post("/ask", { sessionId: freshSession(), question: "Hi", stream: true });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    await response.text();
  });

  it("has the question durable before `start`, and calls the model without waiting for that", async () => {
    const session = freshSession();
    const played = await scripted(session, PLAYED, { response: "ok" });
    const response = await llamory.stream(session, "Are you there?");
    const events = new Events(response);
    expect(await events.next()).toMatchObject({ event: "start" });
    expect(await llamory.transcript(session)).toEqual(["user: Are you there?"]);
    await played.say("Yes.");
    await played.end();
    await events.rest();
    expect(await llamory.transcript(session)).toEqual(["user: Are you there?", "assistant: Yes."]);
  });

  it("fails as an HTTP problem while the model has not begun, and leaves nothing behind", async () => {
    const session = freshSession();
    await llamory.ask(session, "I was here.");
    const before = await llamory.transcript(session);
    await scripted(session, new Error("4006: spent"), { response: "ok" });
    const response = await llamory.stream(session, "Hello?");
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({ code: "model_allowance_spent" });
    expect(await llamory.transcript(session)).toEqual(before);
    expect((await llamory.ask(session, "Hello again.")).status).toBe(200);
  });

  it.each([
    ["is cut off", (played: Script) => played.cut(), "model_interrupted", {}],
    ["breaks", (played: Script) => played.fail(), "model_interrupted", {}],
    ["sends rubbish", (played: Script) => played.raw("data: rubbish\n\n"), "model_reply_malformed", {}],
    // The model's text must come before this limit, also on a busy machine.
    ["stalls", async () => {}, "model_stalled", { MODEL_STALL_MS: "1000" }],
  ])(
    "ends with an error when the model's stream %s, and keeps what was said as cut off",
    async (_what, act, code, settings) => {
      const session = freshSession();
      const model = await scripted(session, PLAYED, { response: "ok" });
      const events = new Events(await worker(settings).stream(session, "Tell me."));
      await events.next();
      await model.say("Once upon");
      await events.next();
      await act(model);
      const rest = await events.rest();
      expect(rest).toMatchObject([{ event: "error", data: { code } }]);
      const turnId = rest[0]?.id.split(":")[0];
      expect(await (await llamory.fetch(`/sessions/${session}/turns/${turnId}`)).json()).toMatchObject({
        status: "interrupted",
        answer: "Once upon",
      });
      expect(await llamory.transcript(session)).toEqual(["user: Tell me.", "assistant: Once upon"]);
      await llamory.ask(session, "Go on.");
      expect((await model.runs())[1]?.inputs.messages.at(-2)?.content).toBe("Once upon […cut off here]");
    },
  );

  it("ends at its total limit while the model still speaks, and keeps what was said", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED);
    const events = new Events(await worker({ MODEL_STREAM_MS: "1000" }).stream(session, "Tell me."));
    await events.next();
    await model.say("Once upon");
    const rest = await events.rest();
    expect(rest.at(-1)).toMatchObject({ event: "error", data: { code: "model_timeout" } });
    expect(await llamory.transcript(session)).toEqual(["user: Tell me.", "assistant: Once upon"]);
    await model.cancelled();
  });

  it("goes on when the client is gone, and tells it later exactly what it missed", async () => {
    const session = freshSession();
    const played = await scripted(session, PLAYED, { response: "ok" });
    const client = new Events(await llamory.stream(session, "Count."));
    const undisturbed: string[] = [];
    await client.next();
    await played.say("one ");
    await client.next();
    await played.say("two ");
    const last = await client.next();
    await client.leave();
    undisturbed.push("one ", "two ");

    const turn = `/sessions/${session}/turns/${last?.id.split(":")[0]}`;
    expect(await (await llamory.fetch(turn)).json()).toMatchObject({ status: "running", answer: "one two " });
    const follower = new Events(await llamory.fetch(`${turn}/stream`));
    const resumed = new Events(await llamory.fetch(`${turn}/stream`, { headers: { "last-event-id": last?.id ?? "" } }));
    await played.say("three ");
    await played.say("four");
    await played.end();
    const followed = await follower.rest();
    expect(textOf(followed)).toBe("one two three four");
    const resumedEvents = await resumed.rest();
    expect(textOf(resumedEvents)).toBe("three four");
    expect(follower.raw.endsWith(resumed.raw)).toBe(true);

    expect(await (await llamory.fetch(turn)).json()).toMatchObject({
      status: "complete",
      answer: "one two three four",
    });
    const late = parseEvents(
      await (await llamory.fetch(`${turn}/stream`, { headers: { "last-event-id": last?.id ?? "" } })).text(),
    );
    expect(late.map(({ event, data }) => [event, data.text])).toEqual([
      ["delta", "three four"],
      ["done", undefined],
    ]);
    const nothing = await llamory.fetch(`${turn}/stream`, { headers: { "last-event-id": late.at(-1)?.id ?? "" } });
    expect(nothing.status).toBe(204);
    for (const foreign of ["other:3", `${late.at(-1)?.id.split(":")[0]}:other:3`]) {
      const whole = await llamory.fetch(`${turn}/stream`, { headers: { "last-event-id": foreign } });
      expect((await new Events(whole).rest()).map(({ event }) => event)).toEqual(["start", "delta", "done"]);
    }
    expect(await llamory.transcript(session)).toEqual(["user: Count.", "assistant: one two three four"]);
  });

  it("tells a follower byte for byte what the one who asked is told", async () => {
    const session = freshSession();
    const played = await scripted(session, PLAYED, { response: "ok" });
    const client = new Events(await llamory.stream(session, "Sing."));
    const start = await client.next();
    await played.say("la ");
    const follower = new Events(await llamory.fetch(`/sessions/${session}/turns/${start?.data.turnId}/stream`));
    await played.say("lá 🎵 ");
    await played.say("la");
    await played.end();
    await Promise.all([client.rest(), follower.rest()]);
    expect(follower.raw).toBe(client.raw);
  });

  it("remembers the turn when the model is done, not when a slow reader is", async () => {
    const session = freshSession();
    const played = await scripted(session, PLAYED, { response: "ok" });
    const slow = await llamory.stream(session, "Write a book.");
    for (let page = 0; page < 2_000; page += 1) played.say(`page ${page} `.repeat(10));
    await played.end();
    // The client has read nothing of the stream so far, and the next turn does not wait for it.
    expect((await llamory.ask(session, "And now?")).status).toBe(200);
    expect(await llamory.transcript(session)).toHaveLength(4);
    expect(textOf(parseEvents(await slow.text()))).toContain("page 1999");
  });
});

describe("a turn that is cancelled", () => {
  it("stops the model, keeps what was said, and lets the next in line go on", async () => {
    const session = freshSession();
    const played = await scripted(session, PLAYED, { response: "ok" });
    const client = new Events(await llamory.stream(session, "Talk."));
    const start = await client.next();
    await played.say("blah ");
    await client.next();
    const next = llamory.ask(session, "My turn?");
    const turn = `/sessions/${session}/turns/${start?.data.turnId}`;
    const cancelled = await llamory.fetch(`${turn}/cancel`, { method: "POST" });
    expect(await cancelled.json()).toMatchObject({ status: "cancelled", answer: "blah " });
    const [last] = await client.rest();
    expect(last).toMatchObject({ event: "error", data: { code: "turn_cancelled" } });
    const again = await llamory.fetch(`${turn}/stream`, { headers: { "last-event-id": last?.id ?? "" } });
    // A browser's EventSource reconnects forever unless the server replies with 204.
    expect(again.status).toBe(204);
    expect((await next).status).toBe(200);
    await played.cancelled();
    expect((await llamory.transcript(session)).slice(0, 3)).toEqual([
      "user: Talk.",
      "assistant: blah ",
      "user: My turn?",
    ]);
    expect(await (await llamory.fetch(turn)).json()).toMatchObject({ status: "cancelled" });
  });

  it("by a reset or a DELETE of its session, leaves nothing in the emptied session", async () => {
    for (const empty of [
      (session: string) => llamory.post("/reset", { sessionId: session }),
      (session: string) => llamory.fetch(`/sessions/${session}`, { method: "DELETE" }),
    ]) {
      const session = freshSession();
      const played = await scripted(session, PLAYED, { response: "ok" });
      const client = new Events(await llamory.stream(session, "Talk."));
      await client.next();
      await played.say("blah ");
      await client.next();
      await empty(session);
      expect(await client.rest()).toMatchObject([{ event: "error", data: { code: "turn_cancelled" } }]);
      expect((await llamory.ask(session, "Fresh start.")).status).toBe(200);
      expect(await llamory.transcript(session)).toEqual(["user: Fresh start.", expect.any(String)]);
    }
  });

  it("that is answered as JSON is a problem to the one who asked", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const asked = llamory.ask(session, "Think.");
    await model.called();
    await llamory.post("/reset", { sessionId: session });
    await model.go();
    expect(await (await asked).json()).toMatchObject({ code: "turn_cancelled" });
    expect(await llamory.transcript(session)).toEqual([]);
  });

  it("or unknown is 404", async () => {
    for (const path of ["", "/stream"]) {
      expect((await llamory.fetch(`/sessions/${freshSession()}/turns/nobody${path}`)).status).toBe(404);
    }
  });
});
