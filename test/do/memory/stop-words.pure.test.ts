import { describe, expect, it } from "vitest";
import { normalize } from "../../../src/do/memory/scripts";
import { OTHER_STOP_WORDS, STOP_WORDS } from "../../../src/do/memory/stop-words";
import { termsOf } from "../../../src/do/memory/terms";

describe("stop words", () => {
  it("have the spelling of a question's words", () => {
    const words = [...STOP_WORDS, ...OTHER_STOP_WORDS];
    expect(words.filter((word) => normalize(word) !== word)).toEqual([]);
  });

  it.each([
    ["متى انتقلت أنت إلى برلين؟", ["انتقلت", "برلين"]],
    ["أين يسكن علي؟", ["يسكن", "علي"]],
    ["Köpeğimin adı nasıl?", ["köpeğimin", "adi"]],
  ])("are not looked up: %s", (question, words) => {
    expect(termsOf(question, false).map(({ word }) => word)).toEqual(expect.arrayContaining(words));
    expect(termsOf(question, false)).toHaveLength(words.length);
  });
});
