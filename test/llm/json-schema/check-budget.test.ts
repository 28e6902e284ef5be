import { describe, expect, it } from "vitest";
import { checkSchema } from "../../../src/llm/json-schema/check-schema";
import { Matcher, matches } from "../../../src/llm/json-schema/matches-schema";
import { Work } from "../../../src/llm/json-schema/work";

const many = <T>(length: number, make: (at: number) => T) => Array.from({ length }, (_, at) => make(at));
const fields = <T>(length: number, make: (at: number) => [string, T]) => Object.fromEntries(many(length, make));
const nested = (part: string, levels: number) =>
  JSON.parse(`${part.repeat(levels)}1${(part === "[" ? "]" : "}").repeat(levels)}`);

const list = { properties: { next: { anyOf: [{ $ref: "#" }, { type: "null" }] } }, required: ["next"], type: "object" };

describe("the budget of a check is enough for", () => {
  const doubled = fields(40, (at): [string, object] => [
    `a${at}`,
    { allOf: many(2, () => ({ $ref: `#/$defs/a${at + 1}` })) },
  ]);

  it.each<[what: string, schema: object, value: unknown]>([
    ["references that double 40 times", { $ref: "#/$defs/a0", $defs: { ...doubled, a40: { type: "object" } } }, {}],
    [
      "8,000 objects that differ",
      { uniqueItems: true, items: { properties: { a: { type: "integer" } } } },
      many(8_000, (a) => ({ a, b: "text" })),
    ],
    ["10,000 values and as many items", { items: { enum: many(10_000, (at) => at) } }, many(10_000, (at) => at)],
    [
      "a large schema that 1,900 places refer to",
      {
        allOf: many(1_900, () => ({ $ref: "#/$defs/x" })),
        $defs: { x: { properties: fields(1_000, (at) => [`p${at}`, { minimum: at }]) } },
      },
      fields(1_000, (at) => [`p${at}`, at]),
    ],
    ["a long text and a pattern", { pattern: "^[^<>]*$", maxLength: 400_000 }, "a text ".repeat(28_000)],
    ["100 levels of a list", list, JSON.parse(`${'{"next":'.repeat(100)}null${"}".repeat(100)}`)],
  ])("%s", (_what, schema, value) => {
    expect(checkSchema(schema, new Work())).toBeUndefined();
    expect(matches(schema, value)).toBe(true);
  });

  it.each<[what: string, schema: object, value: unknown]>([
    ["more than 50,000 visits", { items: { items: {} } }, many(300, () => many(300, () => 1))],
    ["a pattern with thousands of places at once", { pattern: ".{1,5000}x" }, "a".repeat(20_000)],
    [
      "thousands of patterns for thousands of names",
      { patternProperties: fields(3_000, (at) => [`a${at}`, true]) },
      fields(3_000, (at) => [`b${at}`, at]),
    ],
    [
      "thousands of names for thousands of items",
      { items: { required: many(5_000, (at) => `a${at}`) } },
      many(9_000, () => ({})),
    ],
    [
      "thousands of schemas for thousands of fields",
      { allOf: many(5_000, () => ({ additionalProperties: true })) },
      fields(9_000, (at) => [`b${at}`, at]),
    ],
    ["a long text in thousands of places", { allOf: many(5_000, () => ({ const: "a" })) }, "a".repeat(300_000)],
    ["a list that is too deep", { items: { $ref: "#" } }, nested("[", 50_000)],
    ["an object that is too deep", list, nested('{"next":', 50_000)],
    ["items that are too deep to compare", { uniqueItems: true }, nested("[", 50_000)],
  ])("nothing that costs too much, which does not match: %s", (_what, schema, value) => {
    expect(matches(schema, value)).toBe(false);
  });
});

it("a matcher has one budget for all values of a reply", () => {
  const matcher = new Matcher();
  const schema = JSON.stringify({ items: { items: {} } });
  const value = many(150, () => many(150, () => 1));
  expect([1, 2, 3].map(() => matcher.matches(schema, value))).toEqual([true, true, false]);
});
