import { describe, expect, it } from "vitest";
import { sessionWith, smallTalk } from "../../support/memory";
import { worker } from "../../support/worker";

const llamory = worker();

const said = (content: string, createdAt: string) => ({ role: "user", content, createdAt });

async function recalled(session: string, question: string): Promise<string[]> {
  const response = await llamory.post(`/sessions/${session}/context`, {
    question,
    windowTokens: 60,
    recallTokens: 500,
  });
  const { memory } = await response.json<{ memory: { recalled: { content: string }[] } }>();
  return memory.recalled.map(({ content }) => content);
}

describe("a question about a state", () => {
  it.each([
    ["Where do I live?", "I live in Berlin.", "We moved to Lisbon last spring."],
    ["Where do I work?", "I work at the post office.", "I quit and joined a bakery."],
    ["Which phone do I have?", "My phone is a Fairphone.", "Yesterday I bought an iPhone."],
    ["What car do I drive?", "I drive a Golf.", "We sold the Golf and leased a Zoe."],
    ["Am I married?", "I am not married.", "Tom and I got divorced in May."],
    ["Do I eat meat?", "I eat a lot of meat.", "Since June I have been a vegan."],
    ["What do I study?", "I study biology.", "I switched to chemistry this term."],
    ["When is the meeting?", "The meeting is on Monday.", "They postponed it to Thursday."],
    ["Do I smoke?", "I smoke ten a day.", "I finally quit, hooray."],
    ["Which pet do we have?", "Our pet is a hamster called Fritz.", "Fritz died on Sunday."],
    ["Who is my boss?", "My boss is Ana.", "Ana resigned, so now it is Jon."],
    ["How much is the rent?", "The rent is 800 euros.", "They raised it to 950."],
  ])("recalls what changed it beside what it was: %s", async (question, before, after) => {
    const session = await sessionWith([
      ...smallTalk(40).map((message) => ({ ...message, createdAt: "2021-01-01T00:00:00Z" })),
      said(before, "2022-01-01T10:00:00Z"),
      ...smallTalk(60),
      said(after, "2024-01-01T10:00:00Z"),
      ...smallTalk(60).map((message) => ({ ...message, createdAt: "2024-06-01T00:00:00Z" })),
    ]);
    expect(await recalled(session, question)).toEqual(expect.arrayContaining([before, after]));
  });

  it("prefers the newer of two answers", async () => {
    const session = await sessionWith([
      said("I live in Berlin these days.", "2022-01-01T10:00:00Z"),
      ...smallTalk(60),
      said("I live in a flat in Lisbon these days.", "2024-01-01T10:00:00Z"),
      ...smallTalk(60).map((message) => ({ ...message, createdAt: "2024-06-01T00:00:00Z" })),
    ]);
    const found = await recalled(session, "Where do I live?");
    expect(
      found.filter((content) => content.includes("these days")).map((content) => content.includes("Lisbon")),
    ).toEqual([true, false]);
  });
});
