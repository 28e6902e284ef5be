/** The first question of a new session of a known user. */
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { loseObject } from "../support/lose";
import { scripted } from "../support/scripted-model";
import { asks, freshUser, later, owes, PATIENT, remove, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);
const HOUR_MS = 3_600_000;

/** Creates a user with sessions of one turn each, an hour after each other. Returns them, the oldest first. */
async function userWith(...questions: string[]): Promise<{ user: string; sessions: string[] }> {
  const user = freshUser();
  const sessions: string[] = [];
  for (const [at, question] of questions.entries()) {
    const session = freshSession();
    sessions.push(session);
    await scripted(session, { response: `The answer to question ${at}.` });
    expect((await later(at * HOUR_MS, () => asks(session, user, question))).status).toBe(200);
    await eventually(async () => expect(await owes(session)).toBe(false));
  }
  return { user, sessions };
}

/** Asks in a new session, after the user's object was evicted. Returns the prompt as text, and the session. */
async function first(user: string, question: string, session = freshSession()) {
  const model = await scripted(session, { response: "ok" });
  await loseObject(userObject(user));
  const response = await later(300 * HOUR_MS, () => asks(session, user, question));
  expect(response.status).toBe(200);
  const runs = await model.runs();
  return {
    session,
    prompt: (runs.at(-1)?.inputs.messages ?? [])
      .slice(1)
      .map(({ content }) => content)
      .join("\n"),
  };
}

describe("a new session of a known user", () => {
  it.each([
    "Let's continue where we left off.",
    "What were we talking about last time?",
    "Lass uns da weitermachen, wo wir aufgehört haben.",
    "Worüber haben wir letztes Mal gesprochen?",
    "Sigamos donde lo dejamos.",
    "¿De qué estábamos hablando la última vez?",
  ])("begins with the end of the latest one for: %s", async (question) => {
    const { user } = await userWith("My hives stand under a lime tree.", "Plan a trip to Rome with me.");
    const { prompt } = await first(user, question);
    expect(prompt).toMatch(
      /in another conversation:\n> user: Plan a trip to Rome with me\.\n> assistant: The answer to question 1\./,
    );
    expect(prompt).not.toContain("The answer to question 0.");
  });

  it("begins with them again when its only question is edited", async () => {
    const { user } = await userWith("Plan a trip to Rome with me.");
    const { session, prompt } = await first(user, "Let's continue where we left off.");
    expect(prompt).toContain("Plan a trip to Rome with me.");
    const { data } = await (await llamory.fetch(`/sessions/${session}/messages`)).json<{
      data: { turnId: string }[];
    }>();
    const model = await scripted(session, { response: "ok" });
    const body = { sessionId: session, userId: user, question: "Let's continue.", replaces: data[0]?.turnId };
    expect((await later(300 * HOUR_MS, () => llamory.post("/ask", body))).status).toBe(200);
    expect(JSON.stringify((await model.runs()).at(-1)?.inputs)).toContain("Plan a trip to Rome with me.");
  });

  it("names the latest five, with their days, until it has a question of its own", async () => {
    const topics = ["apples", "pears", "plums", "cherries", "figs", "dates"];
    const { user, sessions } = await userWith(...topics.map((topic) => `I want to read about ${topic}.`));
    await llamory.patch(`/sessions/${sessions[5]}`, { title: "Dates\tand palms" });
    await llamory.patch(`/sessions/${sessions[4]}`, { title: "Figs only" });
    const { prompt, session } = await first(user, "Hello.");
    const listed = prompt.split("\n").filter((line) => /^> {3}\w{3} \d{4}-\d\d-\d\d: /.test(line));
    expect(listed.map((line) => line.slice(20))).toEqual([
      "I want to read about dates.",
      "Figs only",
      "I want to read about cherries.",
      "I want to read about plums.",
      "I want to read about pears.",
    ]);
    expect((await first(user, "Hello again.", session)).prompt).not.toContain("cherries");
    for (const at of [3, 4]) await remove(`/sessions/${sessions[at]}`);
    const after = await first(user, "Hello.");
    expect(after.prompt).not.toMatch(/cherries|figs/i);
  });

  it("shortens a long end, and keeps within RECALL_TOKENS", async () => {
    const { user } = await userWith(`Summarize this: ${"the bees dance in the sun. ".repeat(400)}`);
    for (const RECALL_TOKENS of ["0", "200", "600"]) {
      const session = freshSession();
      const small = worker({ ...PATIENT, RECALL_TOKENS });
      const response = await small.post(`/sessions/${session}/context`, { userId: user, question: "Let's continue." });
      const { memory, messages } = await response.json<{
        memory: { prompt: { recalled: number } };
        messages: { content: string }[];
      }>();
      expect(memory.prompt.recalled).toBeLessThanOrEqual(Number(RECALL_TOKENS) + 80);
      const text = JSON.stringify(messages);
      expect(text.includes("bees dance")).toBe(RECALL_TOKENS !== "0");
    }
  });

  it("finds the newest of 200 sessions for a question about the most recent one", async () => {
    const user = freshUser();
    for (let at = 0; at < 200; at += 1) {
      const createdAt = new Date(Date.UTC(2025, 0, 1 + at)).toISOString();
      const messages = [
        { role: "user", content: `I am back from my trip to the town of Number${at}.`, createdAt },
        { role: "assistant", content: "Welcome back!", createdAt },
      ];
      await llamory.post(`/sessions/${freshSession()}/messages`, { userId: user, messages });
    }
    await eventually(async () => {
      const { prompt } = await first(user, "What was my most recent trip?");
      expect(prompt).toContain("Number199.");
    });
    expect((await first(user, "What is my latest trip?")).prompt).toContain("Number199.");
  });
});
