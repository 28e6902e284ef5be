import { describe, expect, it } from "vitest";
import { expansionOf, isEnglish } from "../../../src/do/memory/expansion";
import { hidden, search, sessionWith } from "../../support/memory";

describe("a question in English", () => {
  it.each([
    ["another form, irregular", "We flew to the island.", "When did you fly?"],
    ["another form, derived", "The decision was hard.", "What did they decide?"],
    ["a short form", "My mum is a nurse.", "Who is my mother?"],
    ["another word for it", "I quit at the bank.", "Did you resign?"],
    ["a member of the kind", "Our hamster escaped.", "Which pet do they have?"],
  ])("finds %s", async (_what, content, question) => {
    const session = await sessionWith(hidden({ content }));
    expect((await search(session, question))[0]?.content).toBe(content);
  });

  it("prefers the word itself to another for it", async () => {
    const session = await sessionWith([
      ...hidden({ content: "Our hamster escaped." }),
      ...hidden({ content: "Our pet escaped.", createdAt: "2023-09-01T00:00:00Z" }),
    ]);
    expect((await search(session, "Which pet escaped?"))[0]?.content).toBe("Our pet escaped.");
  });

  it.each([
    ["garbage", "rubbish"],
    ["couch", "sofa"],
    ["tall", "height"],
    ["divorce", "split"],
    ["mortgage", "loan"],
    ["headache", "migraine"],
    ["checkup", "appointment"],
    ["rent", "lease"],
    ["noisy", "loud"],
    ["hostel", "hotel"],
    ["maths", "mathematics"],
    ["hour", "hr"],
    ["invoice", "receipt"],
    ["internet", "wifi"],
    ["language", "portuguese"],
    ["country", "norway"],
    ["city", "munich"],
    ["bill", "electricity"],
    ["medicine", "aspirin"],
    ["breed", "poodle"],
    ["month", "july"],
  ])("knows that %s and %s belong together", (word, other) => {
    const { forms, related } = expansionOf(word);
    expect([...forms, ...related]).toContain(other);
  });

  it("does not take a kind for each of its members", () => {
    expect(expansionOf("pet").related).toContain("hamster");
    expect(expansionOf("hamster").related).not.toContain("pet");
  });
});

describe("a question in another language", () => {
  it.each([
    "Wann ist die Katze gestorben?",
    "Où est le chat ?",
    "Was war mit dem Hund?",
    "¿Dónde come el niño?",
    "私の猫はどこですか",
    "Var är min hund?",
    "Waar is de man?",
  ])("is known as such: %s", (question) => expect(isEnglish(question)).toBe(false));

  it("gets nothing of the English words", async () => {
    const session = await sessionWith(hidden({ content: "His death came soon, he had died." }));
    expect(await search(session, "Wann kam die Rechnung?")).toEqual([]);
    expect((await search(session, "Who did die?"))[0]?.content).toContain("death");
  });
});
