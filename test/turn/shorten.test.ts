import { expect, it } from "vitest";
import { shorten } from "../../src/turn/shorten";

it.each([
  ["carriage returns", "\r"],
  ["line separators", "\u2028"],
])("a text with many %s is shortened in linear time", (_what, lineBreak) => {
  const room = 150_000;
  const text = `Begin${lineBreak.repeat(200_000)}${"\n```\ncode\n```".repeat(50_000)} end`;
  const { text: kept, leftOut } = shorten(text, 2 * room, room);
  expect(kept).toMatch(/^Begin.* characters left out …\].* end$/s);
  expect(leftOut).toBeGreaterThan(0);
});
