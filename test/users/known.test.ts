import { evictDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { scripted } from "../support/scripted-model";
import { digestOf } from "../support/tokens";
import { copyOf, freshSessions, freshUser, owes, PATIENT, sessionObject, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);

interface Answer {
  answer: string;
  memory: {
    recalled: { sessionId: string; seq: number; score: number }[];
    user?: { answered: boolean; facts: string[] };
    window: { fromSeq: number; toSeq: number } | null;
    omitted: number;
  };
}

const asks = (sessionId: string, question: string, userId?: string, through = llamory) =>
  through.post("/ask", { sessionId, question, userId });

async function answer(sessionId: string, question: string, userId?: string, through = llamory): Promise<Answer> {
  const response = await asks(sessionId, question, userId, through);
  expect(response.status).toBe(200);
  return response.json();
}

const NOTHING = "I was not told anything about that.";

describe("what a user has said", () => {
  it("in one session is known in another, at once", async () => {
    const [user, [told, other]] = [freshUser(), freshSessions(2)];
    await answer(told ?? "", "My dog is called Figaro.", user);
    const known = await answer(other ?? "", "What is my dog called?", user);
    expect(known.answer).toContain("Figaro");
    expect(known.memory.recalled[0]).toEqual({ sessionId: told, seq: 1, score: expect.any(Number) });
    expect(known.memory).toMatchObject({ user: { answered: true, facts: [] }, window: null, omitted: 0 });
  });

  it("is known after both objects were evicted", async () => {
    const [user, [told = "", other = ""]] = [freshUser(), freshSessions(2)];
    await answer(told, "My dog is called Figaro.", user);
    await eventually(async () => expect(await owes(told)).toBe(false));
    for (const object of [sessionObject(told), userObject(user)]) await evictDurableObject(object);
    expect((await answer(other, "What is my dog called?", user)).answer).toContain("Figaro");
  });

  it("in a stream, or appended, is known too", async () => {
    const [user, [streamed = "", appended = "", other = ""]] = [freshUser(), freshSessions(3)];
    await (
      await llamory.post("/ask", { sessionId: streamed, userId: user, question: "I like figs.", stream: true })
    ).text();
    const messages = [{ role: "user", name: "Ana", content: "I was born in Porto." }];
    expect((await llamory.post(`/sessions/${appended}/messages`, { userId: user, messages })).status).toBe(201);
    await eventually(async () => expect(await copyOf(user)).toHaveLength(3));
    expect((await answer(other, "What do I like, figs?", user)).answer).toContain("figs");
    expect((await answer(other, "Where was Ana born?", user)).answer).toContain("Porto");
  });

  it("is not known to another user, to another tenant's of that name, or without the user", async () => {
    const [mine, other] = await Promise.all([digestOf("mine"), digestOf("other")]);
    const locked = worker({ ...PATIENT, AUTH: "tokens", API_TOKENS: `${mine},acme:${other}` });
    const as = (token: string, sessionId: string, question: string, userId?: string) =>
      locked.post("/ask", { sessionId, question, userId }, { authorization: `Bearer ${token}` });
    const user = freshUser();
    await as("mine", freshSession(), "My dog is called Figaro.", user);
    const strangers = [
      as("mine", freshSession(), "What is my dog called?", freshUser()),
      as("other", freshSession(), "What is my dog called?", user),
      as("mine", freshSession(), "What is my dog called?"),
    ];
    for (const response of await Promise.all(strangers)) {
      expect(await response.json()).toMatchObject({ answer: NOTHING, memory: { recalled: [] } });
    }
    expect(await (await as("mine", freshSession(), "What is my dog called?", user)).json()).toMatchObject({
      answer: expect.stringContaining("Figaro"),
    });
  });

  it("before the session had a user is theirs from then on", async () => {
    const [user, [session = "", other = ""]] = [freshUser(), freshSessions(2)];
    await answer(session, "My dog is called Figaro.");
    await answer(session, "I like figs.", user);
    expect((await answer(other, "What is my dog called?", user)).answer).toContain("Figaro");
  });

  it("without being named again in a session of theirs is known all the same, and what they said elsewhere is not", async () => {
    const [user, [session = "", other = ""]] = [freshUser(), freshSessions(2)];
    await answer(session, "Hello.", user);
    await answer(session, "My dog is called Figaro.");
    await answer(other, "I like figs.", user);
    expect((await answer(other, "What is my dog called?", user)).answer).toContain("Figaro");
    expect(await answer(session, "Do I like figs?")).toMatchObject({ answer: NOTHING });
  });

  it("stands in the prompt with its day, and as from another conversation; as /context shows it", async () => {
    const [user, [told = "", other = ""]] = [freshUser(), freshSessions(2)];
    const messages = [{ role: "user", content: "My dog is called\nFigaro.", createdAt: "2025-03-01T10:00:00Z" }];
    await llamory.post(`/sessions/${told}/messages`, { userId: user, messages });
    const model = await scripted(other, { response: "Figaro" });
    const question = "What is my dog called?";
    const context = await llamory.post(`/sessions/${other}/context`, { question, userId: user });
    const { messages: shown, memory } = await context.json<{ messages: object[]; memory: Answer["memory"] }>();
    const said = await answer(other, question, user);
    const [run] = await model.runs();
    expect(run?.inputs.messages).toEqual(shown);
    const block = run?.inputs.messages[1]?.content ?? "";
    expect(block).toContain("\nSat 2025-03-01, in another conversation:\n> user: My dog is called\n>   Figaro.");
    expect(block).toContain("Some are from other conversations");
    expect(memory.recalled[0]).toMatchObject({ sessionId: told, seq: 1, content: "My dog is called\nFigaro." });
    expect(said.memory.recalled).toEqual(
      memory.recalled.map(({ sessionId, seq, score }) => ({ sessionId, seq, score })),
    );
  });

  it("is found in all of their sessions, by GET and by POST", async () => {
    const [user, [one = "", two = ""]] = [freshUser(), freshSessions(2)];
    await answer(one, "My dog is called Figaro.", user);
    await answer(two, "Figaro sleeps all day.", user);
    const got = await llamory.fetch(`/users/${user}/search?q=Figaro&limit=2`);
    const { data } = await got.json<{ data: { sessionId: string; seq: number; content: string }[] }>();
    expect(new Set(data.map(({ sessionId, seq }) => `${sessionId} ${seq}`))).toEqual(new Set([`${one} 1`, `${two} 1`]));
    const posted = await llamory.post(`/users/${user}/search`, { q: "Figaro", limit: 2 });
    expect(await posted.json()).toEqual({ data });
  });
});

describe("a session", () => {
  it("belongs to the user who first used it", async () => {
    const [user, stranger, session] = [freshUser(), freshUser(), freshSession()];
    await llamory.post("/ask", { sessionId: session, question: "Hello.", userId: user }, { "idempotency-key": "k" });
    const refused = [
      await asks(session, "Hello?", stranger),
      await llamory.post(
        "/ask",
        { sessionId: session, question: "Hello.", userId: stranger },
        { "idempotency-key": "k" },
      ),
      await llamory.post(`/sessions/${session}/messages`, {
        userId: stranger,
        messages: [{ role: "user", content: "x" }],
      }),
      await llamory.post(`/sessions/${session}/context`, { userId: stranger, question: "Hello?" }),
    ];
    for (const response of refused) {
      expect(response.status).toBe(409);
      expect(await response.json()).toMatchObject({ code: "session_of_another_user" });
    }
    expect(await llamory.transcript(session)).toHaveLength(2);
    expect(await copyOf(stranger)).toEqual([]);
  });

  it("is of the first of two who ask it at once", async () => {
    const [one, two, session] = [freshUser(), freshUser(), freshSession()];
    const answers = await Promise.all([asks(session, "I am one.", one), asks(session, "I am two.", two)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 409]);
    expect(await copyOf(two)).toEqual([]);
  });

  it("whose first question fails is nobody's", async () => {
    const [one, two, session] = [freshUser(), freshUser(), freshSession()];
    await scripted(session, new Error("5016: no"), new Error("5016: no"), { response: "Hello." });
    expect((await asks(session, "Hello?", one)).status).toBe(502);
    const streamed = { sessionId: session, question: "Hello?", userId: one, stream: true };
    expect((await llamory.post("/ask", streamed)).status).toBe(502);
    expect((await asks(session, "Hello?", two)).status).toBe(200);
  });

  it("of the OpenAI surface is the user's of `X-User-Id`, else of `metadata.user_id`", async () => {
    const user = freshUser();
    const said = (content: string) => [{ role: "user", content }];
    const chat = (content: string, metadata: object, headers: Record<string, string> = {}) =>
      llamory.post("/v1/chat/completions", { model: "llama", messages: said(content), metadata }, headers);
    const named = await chat("My dog is called Figaro.", { session_id: freshSession(), user_id: user });
    expect(named.status).toBe(200);
    const pinned = { "x-session-id": freshSession(), "x-user-id": user };
    const known = await chat("What is my dog called?", { user_id: freshUser() }, pinned);
    expect(await known.text()).toContain("Figaro");
    const response = await llamory.post("/v1/responses", {
      model: "llama",
      input: "What is my dog called?",
      metadata: { user_id: user },
    });
    expect(await response.text()).toContain("Figaro");
    const unkept = { model: "llama", input: "What is my dog called?", conversation: freshSession(), store: false };
    expect(await (await llamory.post("/v1/responses", unkept, { "x-user-id": user })).text()).toContain("Figaro");
    const { data } = await (await llamory.fetch(`/users/${user}/sessions`)).json<{ data: unknown[] }>();
    expect(data).toHaveLength(3);
  });
});
