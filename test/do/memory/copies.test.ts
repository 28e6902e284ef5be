import { describe, expect, it } from "vitest";
import { copiesOf } from "../../../src/do/memory/copies";
import type { Message } from "../../../src/turn/types";
import { eventually } from "../../support/eventually";
import { sessionWith, smallTalk } from "../../support/memory";
import { asks, freshUser, owes, PATIENT } from "../../support/users";
import { freshSession, worker } from "../../support/worker";

const llamory = worker(PATIENT);

const user = (content: string): Message => ({
  seq: 1,
  role: "user",
  content,
  tokens: 9,
  createdAt: 0,
  status: "complete",
});

describe("a copy of the question", () => {
  it.each([
    ["What is the parrot called?", "What is the parrot called?"],
    ["What is the parrot called?", "what is the parrot called"],
    ["What is the parrot called?", "What is the parrot called now?"],
    ["tell me where I live", "Tell me where I live."],
    ["What is the parrot called?", "What is the parrot called? (2)"],
    ["鹦鹉叫什么名字？", "鹦鹉叫什么名字？"],
  ])("is known as such: %s %s", (question, content) => expect(copiesOf(question)(user(content))).toBe(true));

  it.each([
    ["Do I live in Berlin?", "I live in Berlin."],
    ["Do I live in Berlin?", "Do I live in Berlin? I live in Berlin."],
    ["Do I live in Berlin?", "Do you know the zoo in Berlin, and do I have to pay?"],
    ["Where do I live?", "Where do I work?"],
    ["What is the parrot called?", "The parrot is called Figaro."],
    ["What is my locker PIN?", "What is my locker PIN? 4821"],
    ["How many siblings do I have?", "How many siblings do I have? 3."],
  ])("is not what answers it, or asks for something else: %s %s", (question, content) => {
    expect(copiesOf(question)(user(content))).toBe(false);
  });

  const question = "What is my grandmother's parrot called?";
  const ANSWER = {
    role: "user",
    content: "The old bird at granny's place answers to Figaro, a parrot of some age and a great singer.",
  };
  type Said = (at: number) => string;
  const unhelpful = () => "I do not know what your grandmother's parrot is called.";
  /** Returns the answer, then the question so many times, each with a reply that does not help, then small talk. */
  const asked = (times: number, wording: Said = () => question, reply: Said = unhelpful) => [
    ANSWER,
    ...Array.from({ length: times }, (_, at) => [
      { role: "user", content: wording(at) },
      { role: "assistant", content: reply(at) },
    ]).flat(),
    ...smallTalk(60).map(({ role, content }) => ({ role, content })),
  ];
  interface Recalled {
    memory: { recalled: { content: string }[] };
  }
  const expectAnswer = async (response: Response) => {
    const contents = (await response.json<Recalled>()).memory.recalled.map(({ content }) => content);
    expect(contents.join()).toContain("Figaro");
    expect(contents.filter((content) => content.startsWith(question))).toEqual([]);
    expect(new Set(contents).size).toBe(contents.length);
  };

  const numbered = (at: number) => `${question} (${at})`;
  const different = (at: number) => `No idea, you have asked ${at} times.`;
  it.each([
    ["20 times", asked(20)],
    ["300 times", asked(300)],
    ["1,500 times: more often than a word is looked up", asked(1_500)],
    ["100 times with small changes", asked(100, numbered)],
    ["100 times with different answers", asked(100, numbered, different)],
  ])("takes no room of the answer if it was asked %s", async (_, messages) => {
    const session = freshSession();
    for (let at = 0; at < messages.length; at += 1_000) {
      const part = { messages: messages.slice(at, at + 1_000) };
      expect((await llamory.post(`/sessions/${session}/messages`, part)).status).toBe(201);
    }
    const sizes = { windowTokens: 60, recallTokens: 150 };
    await expectAnswer(await llamory.post(`/sessions/${session}/context`, { question, ...sizes }));
  });

  it("leaves the answer that followed it if it was asked only once", async () => {
    const spa = "What did Elise do at the spa?";
    const messages = [
      { role: "user", content: spa },
      { role: "assistant", content: "She got a massage." },
    ];
    const session = await sessionWith([...messages, ...smallTalk(60).map(({ role, content }) => ({ role, content }))]);
    const sizes = { windowTokens: 60, recallTokens: 150 };
    const response = await llamory.post(`/sessions/${session}/context`, { question: spa, ...sizes });
    const contents = (await response.json<Recalled>()).memory.recalled.map(({ content }) => content);
    expect(contents).toContain("She got a massage.");
  });

  it.each([20, 200])("takes no room of the answer in another session that asked it %i times", async (times) => {
    const [session, userId] = [freshSession(), freshUser()];
    const messages = asked(times);
    expect((await llamory.post(`/sessions/${session}/messages`, { messages, userId })).status).toBe(201);
    await eventually(async () => expect(await owes(session)).toBe(false));
    const other = freshSession();
    await asks(other, userId, "Hello.");
    const sizes = { windowTokens: 60, recallTokens: 150 };
    await expectAnswer(await llamory.post(`/sessions/${other}/context`, { question, userId, ...sizes }));
  });
});
