import { describe, expect, it } from "vitest";
import { checkSchema } from "../../../src/llm/json-schema/check-schema";
import { matches } from "../../../src/llm/json-schema/matches-schema";
import { Work } from "../../../src/llm/json-schema/work";

const list = { properties: { next: { anyOf: [{ $ref: "#" }, { type: "null" }] } }, required: ["next"], type: "object" };

describe("an answer", () => {
  it.each<[what: string, schema: object, good: unknown[], bad: unknown[]]>([
    [
      "has its length in characters, not in units",
      { minLength: 2, maxLength: 2 },
      ["😀😀", "ab"],
      ["😀", "abc", "😀😀😀"],
    ],
    ["has steps of decimals", { multipleOf: 0.01 }, [19.99, 0.07, 1e300, 4], [19.999, 0.001]],
    ["has steps of whole numbers", { multipleOf: 3 }, [9, 9e15], [10, 9e15 + 1, 1.5]],
    ["has a whole number, also with a point", { type: "integer" }, [1, 1.0, 1e300], [1.5, "1", JSON.parse("1e400")]],
    ["has no number beyond all numbers", { type: "number" }, [1e308], [JSON.parse("1e400"), null]],
    ["is null where a type is nullable", { type: "string", nullable: true }, [null, "a"], [1]],
    [
      "is above an exclusive flag",
      { minimum: 1, exclusiveMinimum: true, maximum: 3, exclusiveMaximum: false },
      [2, 3],
      [1, 4],
    ],
    [
      "equals whatever the order of fields",
      { const: { a: 1, b: [2] } },
      [{ b: [2], a: 1 }],
      [{ a: 1 }, { a: 1, b: [2, 3] }],
    ],
    [
      "has different items",
      { uniqueItems: true },
      [[1, "1", [1], { a: 1 }, true, null]],
      [
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      ],
    ],
    ["has a tuple of draft 7", { items: [{ type: "string" }], additionalItems: false }, [["a"], []], [["a", 1], [1]]],
    ["has a tuple of 2020-12", { prefixItems: [{ type: "string" }], items: false }, [["a"], []], [["a", 1], [1]]],
    [
      "counts what it contains",
      { contains: { const: 1 }, minContains: 2, maxContains: 3 },
      [
        [1, 1],
        [1, 1, 1, 0],
      ],
      [[1], [1, 1, 1, 1]],
    ],
    [
      "counts found items as evaluated",
      { contains: { const: 1 }, unevaluatedItems: { type: "string" } },
      [[1, "a"]],
      [[1, 2]],
    ],
    [
      "has no field that no part of the schema knows",
      {
        allOf: [{ properties: { a: true } }],
        anyOf: [{ required: ["b"], properties: { b: true } }, true],
        unevaluatedProperties: false,
      },
      [{ a: 1 }, { a: 1, b: 2 }],
      [{ c: 1 }, { a: 1, c: 1 }],
    ],
    [
      "depends on fields, in draft 7",
      { dependencies: { a: ["b"], c: { required: ["d"] } } },
      [{ a: 1, b: 1 }, {}],
      [{ a: 1 }, { c: 1 }],
    ],
    ["goes down a reference that goes round", list, [{ next: { next: null } }], [{ next: { next: 1 } }, { next: {} }]],
    [
      "goes by dynamic references",
      { $dynamicAnchor: "node", properties: { child: { $dynamicRef: "#node" } }, additionalProperties: false },
      [{ child: { child: {} } }],
      [{ child: { other: 1 } }],
    ],
    [
      "obeys what stands beside a reference",
      { $ref: "#/$defs/a", maxLength: 1, $defs: { a: { type: "string" } } },
      ["a"],
      ["ab", 1],
    ],
    [
      "has a time with a zone or without",
      { format: "time" },
      ["10:00:00", "10:00:00Z", "10:00:00.5+02:00"],
      ["10:00", "24:00:00"],
    ],
    ["has a day that there is", { format: "date" }, ["2024-02-29"], ["2023-02-29", "2024-13-01", "2024-1-1"]],
    ["has a format that is not checked", { format: "money" }, ["", "x"], []],
    [
      "has an address",
      { format: "uri" },
      ["https://example.org/a?b#c", "mailto:a@b.c"],
      ["example.org", "https://a b", "a:%zz"],
    ],
  ])("%s", (_what, schema, good, bad) => {
    expect(checkSchema(schema, new Work())).toBeUndefined();
    for (const value of good) expect(matches(schema, value), JSON.stringify(value)).toBe(true);
    for (const value of bad) expect(matches(schema, value), JSON.stringify(value)).toBe(false);
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("may have a field called %s", (name) => {
    const parse = (value: unknown) => JSON.parse(JSON.stringify({ x: value }).replace('"x"', `"${name}"`));
    const schema = { properties: parse({ type: "string" }), additionalProperties: false };
    expect(matches(schema, parse("a"))).toBe(true);
    expect(matches(schema, parse(1))).toBe(false);
    expect(matches({ required: [name] }, {})).toBe(false);
    expect(matches({ required: [name] }, parse(1))).toBe(true);
    expect(matches({ dependentRequired: parse(["a"]) }, {})).toBe(true);
    expect(matches({ dependentRequired: parse(["a"]) }, parse(1))).toBe(false);
    expect(matches({ additionalProperties: false }, parse(1))).toBe(false);
    expect(matches({ enum: [{}] }, parse(1))).toBe(false);
    expect(matches({ const: parse(1) }, parse(1))).toBe(true);
    expect(matches({ unevaluatedProperties: false }, parse(1))).toBe(false);
  });
});
