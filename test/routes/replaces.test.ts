import { describe, expect, it, vi } from "vitest";
import { UserSync } from "../../src/do/session/user-sync";
import { eventually } from "../support/eventually";
import { factsOf } from "../support/facts";
import { lose } from "../support/lose";
import { HELD, heldError, PARTS, PLAYED, scripted, scriptedFacts } from "../support/scripted-model";
import { Events } from "../support/sse";
import { asks, copyOf, freshUser, owes, PATIENT } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);

/** Asks in place of a turn. */
const again = (sessionId: string, replaces: string, question: string, more: object = {}) =>
  llamory.post("/ask", { sessionId, question, replaces, ...more });
const bodyOf = async (response: Response) => response.json<{ turnId: string; code?: string; answer: string }>();
const told = async (sessionId: string, question: string, user?: string) => {
  const response = await (user === undefined ? llamory.ask(sessionId, question) : asks(sessionId, user, question));
  return (await bodyOf(response)).turnId;
};
const codeOf = async (response: Response) => [response.status, (await bodyOf(response)).code];
const turnStatus = async (session: string, turn: string) =>
  (await llamory.fetch(`/sessions/${session}/turns/${turn}`)).status;

describe("an ask that replaces the last turn", () => {
  it.each([{}, { stream: true }])(
    "takes its place: the old text leaves transcript, prompts and search (%o)",
    async (how) => {
      const session = freshSession();
      const model = await scripted(session, { response: "One." }, { response: "A fruit." }, PARTS);
      await told(session, "Count.");
      const old = await told(session, "What is a xylophone?");
      const edited = await again(session, old, "What is a pear?", how);
      expect(edited.status).toBe(200);
      await edited.text();
      expect(JSON.stringify((await model.runs())[2])).not.toContain("xylophone");
      const kept = ["user: Count.", "assistant: One.", "user: What is a pear?", "assistant: re: What is a pear?"];
      expect(await llamory.transcript(session)).toEqual(kept);
      expect(await turnStatus(session, old)).toBe(404);
      expect(await (await llamory.fetch(`/sessions/${session}`)).json()).toMatchObject({ messages: 4 });
      expect(await (await llamory.post(`/sessions/${session}/search`, { q: "xylophone" })).text()).not.toContain(
        "xylo",
      );
      await told(session, "And then?");
      const last = JSON.stringify((await model.runs()).at(-1)?.inputs.messages);
      expect(last).toContain("pear");
      expect(last).not.toContain("xylophone");
    },
  );

  it.each([{}, { stream: true }])("removes the old turn from the user's copy and facts (%o)", async (how) => {
    const [user, session] = [freshUser(), freshSession()];
    const learning = worker({ ...PATIENT, FACTS: "model" });
    const changes = (text: string) => ({ response: JSON.stringify({ changes: [{ do: "add", text }] }) });
    await scriptedFacts(user, changes("Has a dog."), changes("Has a cat."));
    const model = await scripted(session, { response: "Good." }, PARTS);
    const first = await learning.post("/ask", { sessionId: session, userId: user, question: "I have a dog." });
    const { turnId } = await bodyOf(first);
    await eventually(async () => expect(await factsOf(user)).toHaveLength(1));
    const body = { sessionId: session, userId: user, question: "I have a cat.", replaces: turnId, ...how };
    await (await learning.post("/ask", body)).text();
    expect(JSON.stringify((await model.runs())[1])).not.toContain("dog");
    await eventually(async () => expect((await factsOf(user)).map(({ text }) => text)).toEqual(["Has a cat."]));
    expect(await copyOf(user)).toEqual(["I have a cat.", "re: I have a cat."]);
    expect(await owes(session)).toBe(false);
  });

  it("takes the place of the turn before, if the replaced one has no text yet", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "One." }, PLAYED, { response: "Three." });
    const first = await told(session, "First try.");
    const second = new Events(await again(session, first, "Second try.", { stream: true }));
    const start = await second.next();
    expect((await again(session, String(start?.data.turnId), "Third try.")).status).toBe(200);
    expect(await llamory.transcript(session)).toEqual(["user: Third try.", "assistant: Three."]);
    expect(JSON.stringify((await model.runs()).at(-1))).not.toContain("First try.");
  });

  it("leaves nothing of a turn that is deleted meanwhile, even if it fails", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const model = await scripted(session, { response: "One." }, heldError("3003: bad input"));
    const secret = await told(session, "Secret.", user);
    await eventually(async () => expect(await owes(session)).toBe(false));
    const real = UserSync.prototype.retract;
    let isHidden = false;
    // The deletion continues when the other request has hidden the turn.
    vi.spyOn(UserSync.prototype, "retract").mockImplementationOnce(async function (this: UserSync, from, to) {
      await eventually(() => expect(isHidden).toBe(true));
      return real.call(this, from, to);
    });
    const deleting = llamory.fetch(`/sessions/${session}/turns/${secret}`, { method: "DELETE" });
    const asking = asks(session, user, "Another.", { replaces: secret, stream: true });
    await eventually(async () => expect(await model.runs()).toHaveLength(2));
    isHidden = true;
    expect(await (await deleting).json()).toMatchObject({ deleted: 2 });
    await model.go();
    await (await asking).text();
    expect((await llamory.transcript(session)).join("\n")).not.toContain("Secret.");
  });

  it("ends a running turn first, whose text is replaced", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED, { response: "Better." });
    const client = new Events(await llamory.stream(session, "Sing."));
    const start = await client.next();
    await model.say("la");
    const answer = await again(session, String(start?.data.turnId), "Sing well.", { onBusy: "reject" });
    expect((await bodyOf(answer)).answer).toBe("Better.");
    expect((await client.rest()).at(-1)).toMatchObject({ event: "error", data: { code: "turn_cancelled" } });
    expect(await llamory.transcript(session)).toEqual(["user: Sing well.", "assistant: Better."]);
  });

  it("is refused for another turn, an unknown one, and behind appended messages, and stores nothing", async () => {
    const session = freshSession();
    const [first, second] = [await told(session, "One."), await told(session, "Two.")];
    expect(await codeOf(await again(session, first, "x"))).toEqual([409, "not_the_last_turn"]);
    expect(await codeOf(await again(session, "unknown", "x"))).toEqual([404, "turn_not_found"]);
    expect(await codeOf(await again(session, "no id", "x"))).toEqual([400, "invalid_request"]);
    await llamory.post(`/sessions/${session}/messages`, { messages: [{ role: "user", content: "Late." }] });
    expect(await codeOf(await again(session, second, "x"))).toEqual([409, "not_the_last_turn"]);
    expect(await llamory.transcript(session)).toHaveLength(5);
  });

  it("is refused while a newer turn runs, which continues", async () => {
    const session = freshSession();
    const old = await told(session, "One.");
    const model = await scripted(session, HELD);
    const running = llamory.ask(session, "Two.");
    await model.called();
    expect(await codeOf(await again(session, old, "x"))).toEqual([409, "not_the_last_turn"]);
    await model.go();
    expect((await running).status).toBe(200);
    expect(await llamory.transcript(session)).toHaveLength(4);
  });

  it.each([{}, { stream: true }])("leaves the old turn in place if it fails without text (%o)", async (how) => {
    const [user, session] = [freshUser(), freshSession()];
    await scripted(session, { response: "One." }, new Error("5021: too long"));
    const old = await told(session, "Count.", user);
    const failed = await again(session, old, "Count again.", how);
    expect(failed.status).toBe(413);
    expect(await llamory.transcript(session)).toEqual(["user: Count.", "assistant: One."]);
    expect(await turnStatus(session, old)).toBe(200);
    expect(await (await llamory.post(`/sessions/${session}/search`, { q: "Count" })).text()).toContain("Count.");
    await eventually(async () => expect(await copyOf(user)).toEqual(["Count.", "One."]));
  });

  it("leaves the old turn in place if it is cancelled before its text", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "One." }, PLAYED, { response: "Yes." });
    const old = await told(session, "Count.");
    const client = new Events(await again(session, old, "Count again.", { stream: true }));
    const start = await client.next();
    expect(await llamory.transcript(session)).toEqual(["user: Count again."]);
    expect(await turnStatus(session, old)).toBe(404);
    await llamory.post(`/sessions/${session}/turns/${start?.data.turnId}/cancel`, "");
    await client.rest();
    expect(await llamory.transcript(session)).toEqual(["user: Count.", "assistant: One."]);
    expect((await model.runs()).length).toBe(2);
    await told(session, "Still here?");
    expect(await llamory.transcript(session)).toHaveLength(4);
  });

  it("leaves the old turn in place if its object is lost before its text, and replaces it after some", async () => {
    for (const text of ["", "la la"]) {
      const session = freshSession();
      const model = await scripted(session, { response: "One." }, PLAYED);
      const old = await told(session, "Count.");
      const client = new Events(await again(session, old, "Sing.", { stream: true }));
      const start = await client.next();
      if (text !== "") {
        await model.say(text);
        await client.next();
        await llamory.post(`/sessions/${session}/turns/${start?.data.turnId}/cancel`, "");
      }
      await lose(session);
      await client.rest().catch(() => []);
      const kept = text === "" ? ["user: Count.", "assistant: One."] : ["user: Sing.", `assistant: ${text}`];
      expect(await llamory.transcript(session)).toEqual(kept);
    }
  });

  it("is the same turn under the same key, and another one without `replaces`", async () => {
    const session = freshSession();
    const old = await told(session, "One.");
    const key = { "idempotency-key": "k" };
    const body = { sessionId: session, question: "Two.", replaces: old };
    const first = await bodyOf(await llamory.post("/ask", body, key));
    const repeated = await llamory.post("/ask", body, key);
    expect((await bodyOf(repeated)).turnId).toBe(first.turnId);
    const other = await llamory.post("/ask", { sessionId: session, question: "Two." }, key);
    expect((await bodyOf(other)).code).toBe("idempotency_conflict");
    expect(await llamory.transcript(session)).toHaveLength(2);
  });

  it("replaces ever again: the session keeps its size and its whole text in the prompt", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "Long. ".repeat(300) });
    await told(session, "My name is Ana.");
    let turn = await told(session, "Tell me.");
    for (let at = 0; at < 8; at += 1) turn = (await bodyOf(await again(session, turn, `Tell me ${at}.`))).turnId;
    await told(session, "What is my name?");
    const prompt = (await model.runs()).at(-1)?.inputs.messages ?? [];
    expect(prompt.map(({ content }) => content.slice(0, 40)).join("\n")).toContain("My name is Ana.");
    expect(prompt).toHaveLength(6);
  });
});
