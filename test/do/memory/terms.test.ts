import { describe, expect, it } from "vitest";
import { indexText } from "../../../src/do/memory/terms";

const SAID = Date.UTC(2021, 7, 14);
const bytes = (text: string) => new TextEncoder().encode(text).length;

describe("what is indexed of a message", () => {
  it.each([
    ["words of 40 letters", "abcdefghijklmnopqrstuvwxyzabcdefghijklmn ".repeat(780)],
    ["words of 40 Georgian letters", "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰაბგდევზთ ".repeat(700)],
    [
      "words of 40 Hangul syllables",
      "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토 ".repeat(780),
    ],
    ["one character that stands for four", "㌀".repeat(32_000)],
    ["one character that stands for 18", "ﷺ".repeat(32_000)],
    ["one run of Chinese", "記".repeat(32_000)],
    ["one word", "a".repeat(32_000)],
    ["days", "yesterday ".repeat(3_200)],
    ["nothing to speak of", "x"],
  ])("is bounded: %s", (_what, content) => {
    expect(bytes(indexText(content, SAID))).toBeLessThanOrEqual(3 * bytes(content) + 1_024);
  });

  it("has the parts of long words, and none of words with digits", () => {
    expect(indexText("Krankenversicherung", SAID).split(" ")).toContain("versicherung");
    expect(indexText("krankenversicherung7", SAID).split(" ")).not.toContain("versicherung7");
  });

  it("has the words of a message of 400,000 characters to its end, and the later ones once", () => {
    const words = indexText(`${"the bees in the garden ".repeat(17_300)}xylophone 🐝`, SAID).split(" ");
    expect(words).toContain("xylophone");
    expect(words).toContain("emoji1f41d");
    expect(words.length).toBeLessThan(2_500);
  });

  it("has a bounded number of words", () => {
    const syllables = Array.from({ length: 390_000 }, (_, at) =>
      String.fromCodePoint(0xac00 + ((at * 7_919) % 11_172)),
    );
    expect(indexText(syllables.join(""), SAID).split(/ +/).length).toBeLessThan(70_000);
  });
});
