import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { scripted } from "../support/scripted-model";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

describe("the reply's limit", () => {
  it("is what the window leaves: 'Hi' is answered with CONTEXT_TOKENS and maxTokens both 4096", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "Hello." });
    const small = worker({ CONTEXT_TOKENS: "4096" });
    const response = await small.post("/ask", { sessionId: session, question: "Hi", maxTokens: 4_096 });
    expect(response.status).toBe(200);
    const [run] = await model.runs();
    expect(run?.inputs.max_tokens).toBeLessThan(4_096);
    expect(run?.inputs.max_tokens).toBeGreaterThan(2_048);
  });

  it("leaves the memory its part", async () => {
    const session = freshSession();
    const small = worker({ CONTEXT_TOKENS: "4096" });
    await small.ask(session, "My name is Ana.");
    const model = await scripted(session, { response: "Ana." });
    await small.post("/ask", { sessionId: session, question: "What is my name?", maxTokens: 4_096 });
    const [run] = await model.runs();
    expect(JSON.stringify(run?.inputs.messages)).toContain("My name is Ana.");
  });
});

describe("a page of messages", () => {
  it("is bounded by what the messages hold, and its cursor goes on to the first", async () => {
    const session = freshSession();
    const messages = [{ role: "user", content: "記".repeat(32_000) }];
    await llamory.post(`/sessions/${session}/messages`, { messages });
    await runInDurableObject(env.CHAT_DO.getByName(session), (_, { storage }) => {
      storage.sql.exec(`WITH RECURSIVE more (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM more WHERE n < 640)
        INSERT INTO messages (seq, role, content, tokens, traits, tokens_so_far, created_at)
        SELECT n, role, content, tokens, traits, n * tokens, created_at FROM more, messages`);
    });
    const seqs: number[] = [];
    let pages = 0;
    for (let before: number | null = 641; before !== null && pages < 640; pages += 1) {
      const response = await llamory.fetch(`/sessions/${session}/messages?limit=1000&before=${before}`);
      expect(response.status).toBe(200);
      const page = await response.json<{ data: { seq: number }[]; nextCursor: number | null }>();
      seqs.push(...page.data.map(({ seq }) => seq));
      before = page.nextCursor;
    }
    expect(pages).toBeGreaterThan(1);
    expect(seqs).toEqual(Array.from({ length: 640 }, (_, at) => 640 - at));
  });
});

describe("a session's size", () => {
  const messages = (count: number, content = "x") => ({
    messages: Array.from({ length: count }, () => ({ role: "user", content })),
  });
  const append = (server: typeof llamory, session: string, body: object) =>
    server.post(`/sessions/${session}/messages`, body);

  it("ends with SESSION_MAX_MESSAGES, to the message: for appends, questions and what they begin with", async () => {
    const small = worker({ SESSION_MAX_MESSAGES: "6" });
    const session = freshSession();
    expect((await append(small, session, messages(3))).status).toBe(201);
    expect((await append(small, session, messages(4))).status).toBe(422);
    expect((await small.ask(session, "One more?")).status).toBe(200);
    for (const refused of [await small.ask(session, "And one?"), await small.stream(session, "And one?")]) {
      expect(refused.status).toBe(422);
      expect(await refused.json()).toMatchObject({ code: "session_full" });
    }
    expect((await append(small, session, messages(1))).status).toBe(201);
    expect(await small.transcript(session)).toHaveLength(6);
    const begins = {
      messages: [...messages(5).messages, { role: "assistant", content: "y" }, ...messages(1).messages],
    };
    const headers = { "x-session-id": freshSession() };
    expect((await small.post("/v1/chat/completions", begins, headers)).status).toBe(422);
    // A request that stores nothing still succeeds, and an emptied session has room again.
    const unstored = { input: "Hi", store: false };
    expect((await small.post("/v1/responses", unstored, { "x-session-id": session })).status).toBe(200);
    await small.post("/reset", { sessionId: session });
    expect((await small.ask(session, "And now?")).status).toBe(200);
  });

  it("ends with SESSION_MAX_MB", async () => {
    const small = worker({ SESSION_MAX_MB: "1" });
    const session = freshSession();
    expect((await append(small, session, messages(40, "lorem ipsum ".repeat(2_600)))).status).toBe(201);
    expect((await append(small, session, messages(1))).status).toBe(422);
    expect((await small.ask(session, "Hi")).status).toBe(422);
  });

  it("ends with SESSION_MAX_MB, or a few messages later, for messages that come one by one", async () => {
    const small = worker({ SESSION_MAX_MB: "1" });
    const session = freshSession();
    let [status, stored] = [201, 0];
    for (; status === 201 && stored < 60; stored += 1)
      status = (await append(small, session, messages(1, "lorem ipsum ".repeat(2_600)))).status;
    expect(status).toBe(422);
    expect(stored).toBeGreaterThan(20);
    // It fits again after it was emptied.
    await small.post("/reset", { sessionId: session });
    expect((await append(small, session, messages(40, "lorem ipsum ".repeat(2_600)))).status).toBe(201);
    expect((await append(small, session, messages(1))).status).toBe(422);
  });
});

describe("AI_GATEWAY", () => {
  it("goes into the options of the model's call, and stays out where it is not set", async () => {
    for (const [gateway, expected] of [
      ["my-gateway", { id: "my-gateway" }],
      ["", undefined],
    ] as const) {
      const session = freshSession();
      const model = await scripted(session, { response: "Hi." });
      await worker({ AI_GATEWAY: gateway }).ask(session, "Hello.");
      const [run] = await model.runs();
      expect(run?.gateway).toEqual(expected);
    }
  });
});
