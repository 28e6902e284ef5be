import { describe, expect, it } from "vitest";
import { checkSchema } from "../../../src/llm/json-schema/check-schema";
import { Work } from "../../../src/llm/json-schema/work";

const checked = (schema: unknown) => checkSchema(schema, new Work());
const nested = (keyword: string, levels: number) =>
  JSON.parse(`${`{"${keyword}":`.repeat(levels)}{}${"}".repeat(levels)}`);
const chain = (levels: number) => ({
  $ref: "#/$defs/0",
  $defs: {
    ...Object.fromEntries(Array.from({ length: levels }, (_, at) => [at, { $ref: `#/$defs/${at + 1}` }])),
    [levels]: {},
  },
});

describe("a schema is refused, with its place, if it", () => {
  it.each<[what: string, schema: unknown, place: string]>([
    ["is no schema", [], "#"],
    ["has a part that is no schema", { properties: { a: 7 } }, "#/properties/a"],
    ["has a part of a list that is no schema", { allOf: [true, null] }, "#/allOf/1"],
    ["refers to nothing", { properties: { a: { $ref: "#/$defs/b" } } }, "#/properties/a/$ref"],
    ["refers to an anchor that there is not", { $ref: "#b" }, "#/$ref"],
    ["refers to what every object has", { $ref: "#/constructor" }, "#/$ref"],
    ["refers to what is no schema", { $ref: "#/title", title: "x" }, "#/$ref"],
    ["refers to another host", { items: { $ref: "https://example.org/schema.json" } }, "#/items/$ref"],
    ["refers to the schema of schemas", { $ref: "https://json-schema.org/draft/2020-12/schema" }, "#/$ref"],
    ["refers to no address", { $id: "urn:x:y", $ref: "//[" }, "#/$ref"],
    ["refers to itself", { $ref: "#" }, "#"],
    ["refers to itself by others", { anyOf: [{ $ref: "#/$defs/a" }], $defs: { a: { not: { $ref: "#" } } } }, "#"],
    ["has a circle that nothing refers to", { $defs: { a: { if: { $ref: "#/$defs/a" } } } }, "#/$defs/a"],
    ["has a circle behind a property's presence", { dependentSchemas: { a: { $ref: "#" } } }, "#/dependentSchemas/a"],
    ["has an invalid pattern", { items: { pattern: "(" } }, "#/items/pattern"],
    ["has an invalid pattern of names", { patternProperties: { "[": true } }, "#/patternProperties/["],
    ["has an unknown type", { properties: { a: { type: "any" } } }, "#/properties/a/type"],
    ["has a type that is no text", { type: ["string", 7] }, "#/type"],
    ["has a length that is no whole number", { minLength: 1.5 }, "#/minLength"],
    ["has a negative length", { maxItems: -1 }, "#/maxItems"],
    ["has a limit that is no number", { minimum: "3" }, "#/minimum"],
    ["counts in steps of 0", { multipleOf: 0 }, "#/multipleOf"],
    ["requires what is no list", { required: true }, "#/required"],
    ["requires what is no text", { required: [1] }, "#/required"],
    ["has values that are no list", { enum: "a" }, "#/enum"],
    ["depends on what is no name", { dependentRequired: { a: [1] } }, "#/dependentRequired/a"],
    ["depends on neither names nor a schema", { dependencies: { a: 1 } }, "#/dependencies/a"],
    ["refers with what is no text", { $ref: 7 }, "#/$ref"],
    ["has a mistake where only a reference leads", { $ref: "#/x/y", x: { y: { type: 7 } } }, "#/x/y/type"],
    ["refers further than the stack reaches", chain(5_000), "#"],
    ["applies too many schemas in one another", nested("not", 9_000), "#/not"],
  ])("%s", (_what, schema, place) => {
    const problem = checked(schema) ?? "";
    expect(problem.split(/[ …]/)[0]).toContain(place);
    expect(problem.length).toBeLessThan(400);
  });

  it.each<[what: string, schema: unknown]>([
    ["has more schemas than the budget", { allOf: Array.from({ length: 50_000 }, () => ({})) }],
    [
      "has more steps of patterns",
      { allOf: Array.from({ length: 200 }, (_, at) => ({ pattern: `a{${5_000 + at}}` })) },
    ],
    ["has more Unicode properties", { pattern: "\\p{L}".repeat(10_000) }],
    [
      "has more names",
      { $id: `http://x/${"y".repeat(30_000)}/`, allOf: Array.from({ length: 999 }, (_, at) => ({ $id: `${at}` })) },
    ],
    ["has a value that is too deep to compare", { const: JSON.parse(`${"[".repeat(30_000)}${"]".repeat(30_000)}`) }],
  ])("%s", (_what, schema) => {
    expect(checked(schema)).toBe("is too large to be checked");
  });

  it("is one of many that are too large together", () => {
    const [work, schema] = [new Work(), { allOf: Array.from({ length: 10_000 }, () => ({})) }];
    expect(Array.from({ length: 5 }, () => checkSchema(schema, work)).filter((problem) => problem)).not.toEqual([]);
  });
});

describe("a schema is taken if it", () => {
  it.each<[what: string, schema: unknown]>([
    ["is a boolean", true],
    ["refers to itself behind a property", { properties: { next: { $ref: "#" } } }],
    ["refers to itself behind an item", { $defs: { tree: { items: { $ref: "#/$defs/tree" } } }, $ref: "#/$defs/tree" }],
    ["is nested deep, a property in a property", nested("additionalProperties", 9_000)],
    ["refers to a place that no keyword has", { $ref: "#/components/schemas/A", components: { schemas: { A: {} } } }],
    [
      "refers by an id",
      { $id: "https://example.org/a.json", $ref: "b.json#/$defs/c", $defs: { b: { $id: "b.json", $defs: { c: {} } } } },
    ],
    ["refers by a relative id", { items: { $ref: "b" }, $defs: { b: { $id: "b" } } }],
    ["refers by an anchor of draft 7", { $ref: "#a", definitions: { a: { $id: "#a" } } }],
    ["refers by a pointer with escapes", { $ref: "#/$defs/a~1b~0c%25d", $defs: { "a/b~c%d": {} } }],
    ["has unset keywords as null", { type: "object", properties: null, required: null, pattern: null, enum: null }],
    ["has unknown keywords and formats", { "x-order": [1], format: "money", discriminator: { propertyName: "a" } }],
    ["has a pattern without the `u` flag", { pattern: "^[\\w-.]+\\-$" }],
    ["has lookaround", { pattern: "^(?=.*\\d)(?!x).+$" }],
  ])("%s", (_what, schema) => {
    expect(checked(schema)).toBeUndefined();
  });
});
