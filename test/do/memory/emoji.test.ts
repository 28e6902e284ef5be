import { describe, expect, it } from "vitest";
import { search, sessionWith } from "../../support/memory";

describe("an emoji", () => {
  it.each([
    ["🐝", "Summ summ 🐝!", "What did I say with 🐝?"],
    ["❤️", "You are the best ❤️", "❤️"],
    ["🇵🇹", "Off to the sea 🇵🇹 tomorrow", "Where did I use 🇵🇹"],
    ["👩‍🚀", "Call me 👩‍🚀 from now on", "👩‍🚀?"],
  ])("finds the messages that contain it: %s", async (_emoji, content, question) => {
    const talk = ["Hoy hace muy buen tiempo.", "Vale, muchas gracias.", "Mañana hablamos."];
    const lines = [...talk, "The sun ☀️ shines.", content, ...talk, "🇪🇸 is far away 🐶"];
    const session = await sessionWith(lines.map((line) => ({ role: "user", content: line })));
    expect((await search(session, question))[0]?.content).toBe(content);
  });

  it.each([
    ["that no text contains", "emojidead99999999"],
    ["and another letter, in linear time", `emoji${"a".repeat(60)}g`],
  ])("does not stand behind a word of its code %s", async (_what, word) => {
    const long = `The password is ${word}. ${"The weather was fine, and we went for a walk by the sea. ".repeat(100)}`;
    const session = await sessionWith([{ role: "user", content: long }]);
    const [found] = await search(session, `What about ${word}?`);
    expect(found?.content).toContain(word);
  });
});
