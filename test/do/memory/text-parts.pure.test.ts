import { describe, expect, it } from "vitest";
import { textParts } from "../../../src/do/memory/text-parts";

describe("the parts of a text", () => {
  const parts = (text: string) => [...textParts(text)];

  it("end at white space of any kind, so that no word is cut", () => {
    for (const space of [" ", "\n", "\t"]) {
      const words = Array.from({ length: 2_000 }, (_, at) => `zwiebelkuchen${at}`);
      expect(parts(words.join(space)).flatMap((part) => part.split(space).filter(Boolean))).toEqual(words);
    }
  });

  it("end with the text, so that its last word is not cut", () => {
    for (let length = 1; length < 50; length += 1) {
      const words = ["a".repeat(7_990), "b".repeat(length)];
      expect(parts(words.join(" ")).flatMap((part) => part.split(" "))).toEqual(words);
    }
  });

  it("have all pairs of characters of a text without spaces, and no half characters", () => {
    for (const long of ["猫犬".repeat(9_000), `${"a".repeat(7_999)}😀${"b".repeat(9_000)}`, "😀🐝".repeat(9_000)]) {
      const all = parts(long);
      expect(all.every((part) => part.isWellFormed())).toBe(true);
      const characters = [...long];
      const pairs = new Set(all.flatMap((part) => [...part].map((one, at, list) => one + (list[at + 1] ?? ""))));
      for (const [at, one] of characters.slice(0, -1).entries()) expect(pairs.has(one + characters[at + 1])).toBe(true);
    }
  });

  it("are none for no text, and one for a short one", () => {
    expect(parts("")).toEqual([]);
    expect(parts("a")).toEqual(["a"]);
  });
});
