/** Compares the schema checks with ajv, over generated schemas and values. */
import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import fc, { type Arbitrary } from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSchema } from "../../../src/llm/json-schema/check-schema";
import { matches } from "../../../src/llm/json-schema/matches-schema";
import { Work } from "../../../src/llm/json-schema/work";
import { runs } from "../../support/runs";

const RUNS = runs(1_000, 3_000);

const options = {
  strict: false,
  ownProperties: true,
  multipleOfPrecision: 9,
  validateSchema: false,
  logger: false,
} as const;
const names = fc.constantFrom("a", "b", "ab", "é", "1");
const texts = fc.constantFrom("", "a", "b", "aa", "ab", "😀", "é", "a😀");
const numbers = fc.constantFrom(-1, 0, 1, 2, 2.5, 3, 0.01, 19.99, 1e300);
const counts = fc.constantFrom(0, 1, 2, 3);

const record = <T>(given: Arbitrary<T>) =>
  fc.array(fc.tuple(names, given), { maxLength: 3 }).map((entries): Record<string, T> => Object.fromEntries(entries));

const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.oneof(texts, numbers, fc.boolean(), fc.constant(null)),
    fc.array(tie("value"), { maxLength: 4 }),
    record(tie("value")),
  ),
}));

const types = fc.constantFrom("string", "number", "integer", "boolean", "null", "array", "object");

type Keyword = readonly [name: string, values: Arbitrary<unknown>];
const each = (keywords: string[], given: Arbitrary<unknown>) => keywords.map((name): Keyword => [name, given]);
const listOf = (schema: Arbitrary<unknown>) => fc.array(schema, { minLength: 1, maxLength: 3 });
const some = fc.uniqueArray(names, { maxLength: 2 });

/** Keywords that both drafts have and that contain schemas. */
const shared = (schema: Arbitrary<unknown>): Keyword[] => [
  ["type", fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 }))],
  ["enum", fc.array(values, { minLength: 1, maxLength: 4 })],
  ["const", values],
  ...each(["allOf", "anyOf", "oneOf"], listOf(schema)),
  ...each(["not", "if", "then", "else", "additionalProperties", "propertyNames", "contains"], schema),
  ...each(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], numbers),
  ["multipleOf", fc.constantFrom(1, 2, 0.5, 0.01)],
  ...each(["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"], counts),
  ["uniqueItems", fc.boolean()],
  ["pattern", fc.constantFrom("^a", "b$", "^.$", "^[^a]*$", "\\p{L}")],
  ["properties", record(schema)],
  ["patternProperties", fc.dictionary(fc.constantFrom("^a", "b", "_", "^\\p{L}$"), schema, { maxKeys: 2 })],
  ["required", some],
  ["$ref", fc.constantFrom("#", "#/$defs/a", "#/$defs/b", "#/$defs/b/properties/a", "#c")],
];

const draft2020 = (schema: Arbitrary<unknown>): Keyword[] => [
  ...shared(schema),
  ["items", schema],
  ["prefixItems", listOf(schema)],
  ...each(["minContains", "maxContains"], counts),
  ["dependentRequired", fc.dictionary(fc.constantFrom("a", "b"), some)],
  ["dependentSchemas", fc.dictionary(fc.constantFrom("a", "b"), schema)],
  ...each(["unevaluatedProperties", "unevaluatedItems"], schema),
];

const draft7 = (schema: Arbitrary<unknown>): Keyword[] => [
  ...shared(schema),
  ["items", fc.oneof(schema, listOf(schema))],
  ["additionalItems", schema],
  ["dependencies", fc.dictionary(fc.constantFrom("a", "b"), fc.oneof(schema, some))],
  ["nullable", fc.constant(true)],
];

/** Generates schemas of one to three keywords, with other schemas as targets of references. */
const schemasOf = (keywordsOf: (schema: Arbitrary<unknown>) => Keyword[]) => {
  const { schema } = fc.letrec<{ schema: unknown }>((tie) => {
    const keyword = fc
      .constantFrom(...keywordsOf(tie("schema")))
      .chain(([name, given]) => given.map((value) => [name, value] as const));
    return {
      schema: fc.oneof(
        { maxDepth: 3, depthSize: "small" },
        fc.oneof(
          fc.boolean(),
          types.map((type) => ({ type })),
        ),
        fc.array(keyword, { minLength: 1, maxLength: 3 }).map((list) => {
          const one = Object.fromEntries(list);
          // ajv refuses `nullable` without `type`.
          return "nullable" in one ? { type: "string", ...one } : one;
        }),
      ),
    };
  });
  const objects = schema.filter((one) => typeof one === "object");
  return fc
    .tuple(objects, schema, objects, schema)
    .map(([root, a, b, c]) => ({ ...Object(root), $defs: { a, b: { ...Object(b), $anchor: "c" }, c } }))
    .filter((whole) => {
      const json = JSON.stringify(whole);
      // ajv does not count elements that `contains` matched as evaluated.
      return !(json.includes('"contains"') && json.includes('"unevaluatedItems"'));
    });
};

interface Checker {
  compile(schema: object): (value: unknown) => unknown;
}

/** Counts the pairs of a schema and a value on which both agree. Fails at the first disagreement. */
function compare(checker: () => Checker, schemas: Arbitrary<object>): { match: number; not: number } {
  const agreed = { match: 0, not: 0 };
  fc.assert(
    fc.property(schemas, fc.array(values, { minLength: 6, maxLength: 6 }), (schema, candidates) => {
      // Skips circular references and references without a target.
      if (checkSchema(schema, new Work()) !== undefined) return;
      const validate = checker().compile(schema);
      for (const value of candidates) {
        const expected = Boolean(validate(value));
        expect(matches(schema, value), JSON.stringify({ schema, value })).toBe(expected);
        agreed[expected ? "match" : "not"] += 1;
      }
    }),
    { numRuns: RUNS, seed: 23 },
  );
  return agreed;
}

describe("an answer's check agrees with ajv", () => {
  it("over schemas of draft 2020-12", () => {
    const agreed = compare(() => new Ajv2020({ ...options, allowUnionTypes: true }), schemasOf(draft2020));
    expect(Math.min(agreed.match, agreed.not)).toBeGreaterThan((2 / 3) * RUNS);
  });

  it("over schemas of draft 7, with `nullable`", () => {
    const agreed = compare(() => new Ajv(options), schemasOf(draft7));
    expect(Math.min(agreed.match, agreed.not)).toBeGreaterThan((2 / 3) * RUNS);
  });

  it.each<[format: string, good: Arbitrary<string>]>([
    ["date", fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.toISOString().slice(0, 10))],
    [
      "date-time",
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
    ],
    ["email", fc.emailAddress()],
    ["hostname", fc.domain()],
    ["ipv4", fc.ipV4()],
    ["ipv6", fc.ipV6()],
    ["uuid", fc.uuid()],
    ["uri", fc.webUrl({ withQueryParameters: true, withFragments: true })],
    ["duration", fc.constantFrom("P1D", "PT5M", "P3W", "P1Y2M3DT4H5M6S")],
  ])("over texts that have the format %s, and such with a mistake", (format, good) => {
    const ajv = addFormats(new Ajv2020(options));
    const validate = ajv.compile({ format });
    const mistakes = fc.constantFrom("", "0", "9", ":", ".", "-", "@", " ", "g", "é", "T", "99", "::", "%");
    const changed = fc.tuple(good, fc.nat(), fc.nat(2), mistakes).map(([text, place, cut, more]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + more + text.slice(at + cut);
    });
    fc.assert(
      fc.property(fc.oneof(good, changed), (text) => {
        const [ours, theirs] = [matches({ format }, text), validate(text)];
        // The check does not distinguish the parts of a URI after its scheme.
        return ours === theirs || (format === "uri" && ours);
      }),
      { numRuns: RUNS, seed: 23 },
    );
  });
});
