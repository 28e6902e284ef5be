import { describe, expect, it } from "vitest";
import { copiesOf } from "../../../src/do/memory/copies";
import type { Message } from "../../../src/turn/types";
import { sessionWith, smallTalk } from "../../support/memory";
import { worker } from "../../support/worker";

const llamory = worker();

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
    ["鹦鹉叫什么名字？", "鹦鹉叫什么名字？"],
  ])("is known as such: %s %s", (question, content) => expect(copiesOf(question)(user(content))).toBe(true));

  it.each([
    ["Do I live in Berlin?", "I live in Berlin."],
    ["Do I live in Berlin?", "Do you know the zoo in Berlin, and do I have to pay?"],
    ["Where do I live?", "Where do I work?"],
    ["What is the parrot called?", "The parrot is called Figaro."],
  ])("is not what answers it, or asks for something else: %s %s", (question, content) => {
    expect(copiesOf(question)(user(content))).toBe(false);
  });

  it("takes no room of the answer, however often it was asked", async () => {
    const question = "What is my grandmother's parrot called?";
    const session = await sessionWith([
      {
        role: "user",
        content: "The old bird at granny's place answers to Figaro, a parrot of some age and a great singer.",
      },
      ...Array.from({ length: 40 }, () => [
        { role: "user", content: question },
        { role: "assistant", content: "I do not know what your grandmother's parrot is called." },
      ]).flat(),
      ...smallTalk(60).map(({ role, content }) => ({ role, content })),
    ]);
    const response = await llamory.post(`/sessions/${session}/context`, {
      question,
      windowTokens: 60,
      recallTokens: 150,
    });
    const { memory } = await response.json<{ memory: { recalled: { content: string }[] } }>();
    const contents = memory.recalled.map(({ content }) => content);
    expect(contents.join()).toContain("Figaro");
    expect(contents).not.toContain(question);
    expect(new Set(contents).size).toBe(contents.length);
  });
});
