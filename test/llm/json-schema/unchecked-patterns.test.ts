import { describe, expect, it } from "vitest";
import { matches } from "../../../src/llm/json-schema/matches-schema";

const when = (condition: object, yes: object, no: object) =>
  JSON.parse(`{"if":${JSON.stringify(condition)},"then":${JSON.stringify(yes)},"else":${JSON.stringify(no)}}`);

describe("an answer", () => {
  it.each<[what: string, schema: object, value: unknown]>([
    ["a pattern", { pattern: "^(?=.*\\d)[a-z\\d]+$" }, "abc"],
    ["the opposite of a pattern", { not: { pattern: "^(?!a)" } }, "abc"],
    ["one of several patterns", { oneOf: [{ pattern: "(?=a)" }, { pattern: "(?=b)" }] }, "a"],
    ["one pattern or a type", { oneOf: [{ pattern: "(?=a)" }, { type: "string" }] }, "b"],
    ["a condition, for its `then`", when({ pattern: "(?=a)" }, { minLength: 9 }, { maxLength: 1 }), "b"],
    ["a condition, for its `else`", when({ pattern: "(?=a)" }, { minLength: 2 }, { maxLength: 0 }), "ab"],
    [
      "names of fields",
      { patternProperties: { "^(?=a)": { type: "string" } }, additionalProperties: false },
      { b: "x" },
    ],
    [
      "other names of fields",
      { patternProperties: { "^(?=a)": false }, additionalProperties: { type: "string" } },
      { b: "x" },
    ],
    ["items to be found", { contains: { pattern: "(?=b)" }, maxContains: 1 }, ["a", "b", "c"]],
    ["evaluated fields", { patternProperties: { "(?=a)": true }, unevaluatedProperties: false }, { b: 1 }],
  ])("matches whatever depends on lookaround: %s", (_what, schema, value) => {
    expect(matches(schema, value)).toBe(true);
  });

  it("does not match where the part of such a pattern that is checked does not", () => {
    expect(matches({ pattern: "^(?=.*\\d)[a-z\\d]+$" }, "ABC")).toBe(false);
    expect(matches({ pattern: "^(a)\\1b$" }, "aac")).toBe(false);
  });
});
