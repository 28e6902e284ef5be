import { expect, it } from "vitest";
import { sameFactKey } from "../../src/turn/user-memory";

it("is the same fact with other case, spacing and full stops at its end", () => {
  const key = sameFactKey("Likes tea.");
  for (const text of ["likes  TEA", " Likes tea...", "Likes tea!", "Ｌikes tea。", "Likes tea!.!"])
    expect(sameFactKey(text)).toBe(key);
  for (const text of ["Likes tea?", "Likes. tea", "...", ". Likes tea"]) expect(sameFactKey(text)).not.toBe(key);
});

it("needs no time that grows with the square of a row of full stops", () => {
  expect(sameFactKey(`${"…".repeat(300_000)}x`)).toHaveLength(900_001);
});
