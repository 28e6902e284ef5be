import { describe, expect, it } from "vitest";
import { ECHO, scripted } from "../support/scripted-model";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

describe("POST /ask", () => {
  it("answers from what the session was told", async () => {
    const session = freshSession();
    await llamory.ask(session, "My name is Ana and I keep bees in Lisbon.");
    const name = await (await llamory.ask(session, "What is my name?")).json<{ answer: string }>();
    const bees = await (await llamory.ask(session, "Where do I keep bees?")).json<{ answer: string }>();
    expect(name.answer).toContain("My name is Ana");
    expect(bees.answer).toContain("bees in Lisbon");
  });

  it("tells one session nothing of another", async () => {
    await llamory.ask(freshSession(), "My name is Ana and I keep bees in Lisbon.");
    const { answer } = await (await llamory.ask(freshSession(), "What is my name?")).json<{ answer: string }>();
    expect(answer).not.toContain("Ana");
  });

  it("says which turn, model, usage and memory made the answer", async () => {
    const session = freshSession();
    await llamory.ask(session, "I live in Porto.");
    const response = await llamory.ask(session, "Where do I live?");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      sessionId: session,
      turnId: expect.stringMatching(/./),
      model: "llamory-offline",
      finishReason: "stop",
      usage: { totalTokens: expect.any(Number) },
      memory: { window: { fromSeq: 1, toSeq: 2 }, recalled: [], omitted: 0 },
    });
  });

  it("asks the model with the system prompt first, the transcript, then the question", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "Hello Ana." });
    await llamory.ask(session, "I am Ana.");
    await worker({ SYSTEM_PROMPT: "Be kind." }).ask(session, "Who am I?");
    expect((await model.runs())[1]?.inputs).toMatchObject({
      messages: [
        { role: "system", content: expect.stringMatching(/^Be kind\.\n\nToday is \w{3} \d{4}-\d\d-\d\d \(UTC\)\.$/) },
        { role: "user", content: expect.stringMatching(/^\[\w{3} \d{4}-\d\d-\d\d\] I am Ana\.$/) },
        { role: "assistant", content: "Hello Ana." },
        { role: "user", content: "Who am I?" },
      ],
      max_tokens: 1024,
    });
    expect((await model.runs())[1]?.headers).toEqual({
      "x-session-affinity": expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("leaves out of the prompt what does not fit, never out of the transcript", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "ok" });
    const small = worker({ CONTEXT_TOKENS: "1024", REPLY_TOKENS: "100" });
    for (let turn = 0; turn < 8; turn += 1) await small.ask(session, `${turn} ${"word ".repeat(100)}`);
    const prompt = (await model.runs()).at(-1)?.inputs.messages ?? [];
    expect(prompt.length).toBeLessThan(16);
    expect(prompt[1]?.role).toBe("user");
    expect(prompt.at(-1)?.content).toMatch(/^7 /);
    expect(await small.transcript(session)).toHaveLength(16);
  });

  it("passes the reply's limits on", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "ok" });
    await llamory.post("/ask", { sessionId: session, question: "Hi", maxTokens: 7, temperature: 0.5 });
    expect((await model.runs())[0]?.inputs).toMatchObject({ max_tokens: 7, temperature: 0.5 });
  });

  it("takes two questions at once one after the other, each seeing the one before it", async () => {
    const session = freshSession();
    const model = await scripted(session, ECHO);
    await Promise.all(["one", "two", "three"].map((question) => llamory.ask(session, question)));
    const transcript = await llamory.transcript(session);
    expect(transcript).toEqual(
      ["one", "two", "three"].flatMap((question) => [`user: ${question}`, `assistant: re: ${question}`]),
    );
    expect((await model.runs()).map(({ inputs }) => inputs.messages.length)).toEqual([2, 4, 6]);
  });
});

describe("POST /reset", () => {
  it("empties the session and says how much it was", async () => {
    const session = freshSession();
    await llamory.ask(session, "My name is Ana.");
    expect(await (await llamory.post("/reset", { sessionId: session })).json()).toEqual({
      ok: true,
      sessionId: session,
      deleted: 2,
    });
    expect(await llamory.transcript(session)).toEqual([]);
    const { answer } = await (await llamory.ask(session, "What is my name?")).json<{ answer: string }>();
    expect(answer).not.toContain("Ana");
  });
});
