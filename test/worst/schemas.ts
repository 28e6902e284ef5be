/** Schemas of clients that take long to check, and the requests that send them. */
import { entries } from "./texts";

const doubled = entries(40, (at): [string, object] => {
  const next = { $ref: `#/$defs/a${at + 1}` };
  return [`a${at}`, { allOf: [next, next] }];
});
const NAME = `${"a".repeat(2_000)}!`;
/** Writes a schema as JSON by hand, because JSON.stringify would exhaust this process's stack. */
const deep = (open: string, close: string) => `{"x":${open.repeat(9_000)}1${close.repeat(9_000)}}`;

/** Schemas of clients. By its rules, the model takes the strings of its answer from the question, which is `NAME`. */
const lists = entries(2, () => ({ items: { enum: entries(5_000, (at) => at) }, minItems: 200 }));
export const schemas: [what: string, schema: object | string, statuses: number[]][] = [
  ["references doubled 40 times", { $ref: "#/$defs/a0", $defs: { ...Object.fromEntries(doubled), a40: {} } }, [200]],
  ["a pattern", { properties: { a: { type: "string", pattern: "^(a+)+$" } }, required: ["a"] }, [200]],
  ["patterns without a match", { type: "string", pattern: "^(a+)+$", not: { pattern: "^(a|aa)+$" } }, [502]],
  ["patterns of names", { patternProperties: { "^(a+)+$": false, "(a|aa)+$": false }, required: [NAME] }, [200]],
  [
    "patterns in one another",
    { properties: { a: { type: "string", pattern: "((a{0,99}){0,99}){9,}" } }, required: ["a"] },
    [200],
  ],
  ["12,000 Unicode properties", { pattern: "\\p{L}".repeat(12_000) }, [400]],
  ["5,000 classes", { pattern: entries(5_000, (at) => `[\\u${(at + 4096).toString(16)}a]`).join("|") }, [400]],
  ["1,500 classes", { pattern: entries(1_500, (at) => `[\\u${(at + 4096).toString(16)}a]`).join("|") }, [200, 400]],
  ["10,000 values", { properties: { a: { enum: entries(10_000, (at) => at) } }, required: ["a"] }, [200]],
  ["values in two lists", { properties: { a: { allOf: lists, type: "array" } }, required: ["a"] }, [502]],
  ["repetitions", { properties: { a: { type: "string", pattern: "((a{900}){900}){900}" } }, required: ["a"] }, [200]],
  ["20,000 schemas", { allOf: entries(20_000, () => ({})) }, [200]],
  [
    "a large schema from 1,500 places",
    {
      allOf: entries(1_500, () => ({ $ref: "#/$defs/b" })),
      $defs: { b: { required: entries(2_000, (at) => `name ${at}`) } },
    },
    [200],
  ],
  ["arrays in one another", deep("[", "]"), [400]],
  ["schemas in one another", deep('{"not":', "}").replace("x", "not"), [400]],
  ["a circle", { $ref: "#" }, [400]],
];

export const surfaces: [path: string, body: (schema: object) => object][] = [
  [
    "/v1/chat/completions",
    (schema) => ({
      messages: [{ role: "user", content: NAME }],
      response_format: { type: "json_schema", json_schema: { name: "x", schema } },
    }),
  ],
  ["/v1/responses", (schema) => ({ input: NAME, text: { format: { type: "json_schema", name: "x", schema } } })],
  [
    "/v1/chat/completions",
    (parameters) => ({
      messages: [{ role: "user", content: NAME }],
      tools: entries(12, (at) => ({ type: "function", function: { name: `f${at}`, parameters } })),
      tool_choice: "required",
    }),
  ],
  [
    "/v1/responses",
    (parameters) => ({
      input: NAME,
      tools: entries(12, (at) => ({ type: "function", name: `f${at}`, parameters })),
      tool_choice: "required",
    }),
  ],
];
