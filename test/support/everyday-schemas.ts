/** Schemas of the kinds that applications use, by name. */

const object = (properties: Record<string, unknown>, more: object = {}) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});
const text = { type: "string" };

/** The root of each schema is an object, as client SDKs require. */
export const everydaySchemas: Record<string, Record<string, unknown>> = {
  "a text": object({ name: text }),
  "a minimum": object({ age: { type: "integer", minimum: 18 } }),
  "an exclusive minimum": object({ price: { type: "number", exclusiveMinimum: 0 } }),
  "an exclusive range": object({ share: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 } }),
  "a negative maximum": object({ depth: { type: "integer", maximum: -5 } }),
  "a multiple": object({ seats: { type: "integer", multipleOf: 6, minimum: 7 } }),
  "a multiple of a fraction": object({ price: { type: "number", multipleOf: 0.05, minimum: 0.12 } }),
  "an email": object({ email: { type: "string", format: "email" } }),
  "a URI": object({ home: { type: "string", format: "uri" } }),
  "a date": object({ born: { type: "string", format: "date" } }),
  "a date with time": object({ at: { type: "string", format: "date-time" } }),
  "a time": object({ opens: { type: "string", format: "time" } }),
  "a UUID": object({ id: { type: "string", format: "uuid" } }),
  "addresses of hosts": object({ a: { type: "string", format: "ipv4" }, b: { type: "string", format: "hostname" } }),
  "a pattern of digits": object({ zip: { type: "string", pattern: "^\\d{5}$" } }),
  "a pattern with alternatives": object({ code: { type: "string", pattern: "^(?:[A-Z]{2}|[a-z]+-\\d+)$" } }),
  "a pattern and a length": object({ slug: { type: "string", pattern: "^[a-z0-9-]+$", minLength: 12 } }),
  "a long text": object({ essay: { type: "string", minLength: 200, maxLength: 300 } }),
  "a short text": object({ initials: { type: "string", maxLength: 3 } }),
  "an enumeration": object({ size: { type: "string", enum: ["small", "large"] } }),
  "a constant": object({ kind: { const: "invoice" }, version: { const: 2 } }),
  "a list": object({ tags: { type: "array", items: text, minItems: 3 } }),
  "a list of different texts": object({ tags: { type: "array", items: text, minItems: 3, uniqueItems: true } }),
  "a list of different choices": object({
    days: { type: "array", items: { enum: ["mon", "tue", "wed"] }, minItems: 3, uniqueItems: true },
  }),
  "a list of different objects": object({
    people: { type: "array", items: object({ id: { type: "integer" } }), minItems: 2, uniqueItems: true },
  }),
  "a list that contains": object({
    scores: { type: "array", items: { type: "integer" }, contains: { minimum: 10 }, minItems: 2 },
  }),
  "a list that contains two": object({ flags: { type: "array", contains: { const: true }, minContains: 2 } }),
  "a tuple": object({
    point: { type: "array", prefixItems: [{ type: "number" }, { type: "number" }, text], items: false, minItems: 3 },
  }),
  "a tuple of draft 7": object({
    $schema: text,
    pair: { type: "array", items: [text, { type: "integer", minimum: 1 }], additionalItems: false, minItems: 2 },
  }),
  "a least number of properties": { type: "object", additionalProperties: { type: "integer" }, minProperties: 2 },
  "optional properties that are needed": {
    type: "object",
    properties: { a: text, b: { type: "boolean" }, c: { type: "integer" } },
    minProperties: 2,
    additionalProperties: false,
  },
  "names by a pattern": {
    type: "object",
    patternProperties: { "^x-[a-z]+$": { type: "number" } },
    additionalProperties: false,
    minProperties: 1,
  },
  "names of a set": {
    type: "object",
    properties: { north: text, south: text },
    propertyNames: { enum: ["north", "south"] },
    minProperties: 2,
  },
  "properties that need others": {
    type: "object",
    properties: { card: text, address: text },
    required: ["card"],
    dependentRequired: { card: ["address"] },
  },
  "parts that belong together": {
    type: "object",
    allOf: [
      { properties: { name: text }, required: ["name"] },
      { properties: { age: { type: "integer", minimum: 1 } }, required: ["age"] },
    ],
  },
  "parts that narrow one another": object({
    level: { allOf: [{ type: "number", minimum: 2 }, { type: "integer", maximum: 9 }, { multipleOf: 4 }] },
  }),
  "a nested reference": {
    ...object({ from: { $ref: "#/$defs/address" }, to: { $ref: "#/$defs/address" } }),
    $defs: { address: object({ city: { $ref: "#/$defs/city" } }), city: { type: "string", minLength: 2 } },
  },
  "a reference with more beside it": {
    ...object({ nick: { $ref: "#/$defs/name", maxLength: 5 } }),
    $defs: { name: { type: "string", minLength: 2 } },
  },
  "a tree": {
    ...object({ root: { $ref: "#/$defs/node" } }),
    $defs: {
      node: object({ value: { type: "integer" }, children: { type: "array", items: { $ref: "#/$defs/node" } } }),
    },
  },
  "a chain that may end": {
    ...object({ value: text, next: { anyOf: [{ $ref: "#" }, { type: "null" }] } }),
  },
  "a value or null": object({ middleName: { anyOf: [text, { type: "null" }] }, age: { type: ["integer", "null"] } }),
  "one of two shapes": object({
    shape: {
      oneOf: [
        object({ kind: { const: "circle" }, radius: { type: "number", exclusiveMinimum: 0 } }),
        object({ kind: { const: "square" }, side: { type: "number", minimum: 1 } }),
      ],
    },
  }),
  "a condition": {
    type: "object",
    properties: { country: { enum: ["US", "DE"] }, state: text },
    required: ["country"],
    if: { properties: { country: { const: "US" } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ["state"] },
  },
};
