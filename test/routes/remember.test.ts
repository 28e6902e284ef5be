import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { HELD, PLAYED, scripted } from "../support/scripted-model";
import { Events } from "../support/sse";
import { asks, copyOf, everythingIn, freshUser, owes, PATIENT, sessionObject, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);
const off = (sessionId: string, question: string, more: object = {}, headers: Record<string, string> = {}) =>
  llamory.post("/ask", { sessionId, question, remember: false, ...more }, headers);

describe("an ask with `remember: false`", () => {
  it.each([{}, { stream: true }])(
    "answers from the memory of session and user, and stores nothing (%o)",
    async (how) => {
      const [user, session, other] = [freshUser(), freshSession(), freshSession()];
      await asks(session, user, "My name is Ana.");
      await asks(other, user, "I keep bees in Lisbon.");
      await eventually(async () => expect([await owes(session), await owes(other)]).toEqual([false, false]));
      const objects = [sessionObject(session), userObject(user)];
      const before = await Promise.all(objects.map(everythingIn));
      const model = await scripted(session, { response: "ok" });
      const answer = await off(session, "Where do I keep bees?", { userId: user, ...how });
      expect(answer.status).toBe(200);
      await answer.text();
      const prompt = JSON.stringify(await model.runs());
      for (const known of ["My name is Ana.", "bees in Lisbon"]) expect(prompt).toContain(known);
      expect(await Promise.all(objects.map(everythingIn))).toEqual(before);
      expect(await copyOf(user)).toHaveLength(4);
    },
  );

  it("creates no session, no user and no table", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const kept = worker({ ...PATIENT, SESSION_TTL_DAYS: "1" });
    const body = { sessionId: session, userId: user, question: "Hello.", remember: false };
    expect((await kept.post("/ask", body)).status).toBe(200);
    expect(await everythingIn(sessionObject(session))).toBe("");
    expect(await everythingIn(userObject(user))).toBe("");
  });

  it("adopts no session: another user may claim it", async () => {
    const session = freshSession();
    await off(session, "Hello.", { userId: freshUser() });
    expect((await asks(session, freshUser(), "Hello.")).status).toBe(200);
  });

  it("cannot be followed, read, cancelled or replaced by its id, and ends with its session", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED);
    const client = new Events(await off(session, "Sing.", { stream: true }));
    const turn = `/sessions/${session}/turns/${(await client.next())?.data.turnId}`;
    for (const path of ["", "/stream"]) expect((await llamory.fetch(turn + path)).status).toBe(404);
    expect((await llamory.post(`${turn}/cancel`, "")).status).toBe(404);
    await model.say("la");
    await client.next();
    await llamory.post("/reset", { sessionId: session });
    expect((await client.rest()).at(-1)).toMatchObject({ event: "error", data: { code: "turn_cancelled" } });
  });

  it("is no later turn: the last stored one can be replaced while it runs", async () => {
    const session = freshSession();
    const { turnId } = await (await llamory.ask(session, "One.")).json<{ turnId: string }>();
    const model = await scripted(session, HELD, { response: "Two." });
    const running = off(session, "Hm?");
    await model.called();
    const replaced = llamory.post("/ask", { sessionId: session, question: "Uno.", replaces: turnId });
    await model.go();
    expect([(await running).status, (await replaced).status]).toEqual([200, 200]);
    expect(await llamory.transcript(session)).toEqual(["user: Uno.", "assistant: Two."]);
  });

  it("continues the earlier messages of `before`, and stores none of them", async () => {
    const [user, session] = [freshUser(), freshSession()];
    await asks(freshSession(), user, "I keep bees in Lisbon.");
    const model = await scripted(session, { response: "ok" });
    const before = [
      { role: "user", content: "My name is Ana." },
      { role: "assistant", content: "Hello, Ana." },
    ];
    expect((await off(session, "Where do I keep bees?", { userId: user, before })).status).toBe(200);
    const prompt = JSON.stringify(await model.runs());
    for (const known of ["My name is Ana.", "Hello, Ana."]) expect(prompt).toContain(known);
    expect(await everythingIn(sessionObject(session))).toBe("");
    const stored = await llamory.post("/ask", { sessionId: session, question: "Hello.", before });
    expect(stored.status).toBe(400);
    expect(await stored.json()).toMatchObject({ errors: [{ path: "before" }] });
  });

  it("is refused together with `replaces` or a key, by name", async () => {
    const session = freshSession();
    const { turnId } = await (await llamory.ask(session, "One.")).json<{ turnId: string }>();
    const asked: [string, Response][] = [
      ["replaces", await off(session, "x", { replaces: turnId })],
      ["idempotency-key", await off(session, "x", {}, { "idempotency-key": "k" })],
    ];
    for (const [path, response] of asked) {
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ path }] });
    }
  });
});
