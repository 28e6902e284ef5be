import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSmallJson } from "../../src/schema/json-size";

describe("JSON is small", () => {
  it("as long as it has so many characters", () => {
    const holds = (value: unknown) => {
      const { length } = JSON.stringify(value);
      const small = (characters: number) => isSmallJson(value, { characters, levels: 100 });
      return small(length) && !small(length - 1);
    };
    fc.assert(fc.property(fc.jsonValue(), holds), { numRuns: 1_000, seed: 23 });
  });

  it("as long as it has so many levels, even with more than a stack has", () => {
    const nested = (levels: number) => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`);
    const small = (levels: number) => isSmallJson(nested(levels), { characters: 2_000_000, levels: 200 });
    expect([small(200), small(201), small(500_000)]).toEqual([true, false, false]);
  });
});
