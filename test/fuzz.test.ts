import fc, { type Arbitrary } from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { type FullOperation, operations } from "../scripts/openapi/operations";
import { worker } from "./support/worker";

const RUNS = 5_000;

interface Schema {
  type?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
}

const names = fc.constantFrom("ana", "bo", "a:b@c+d", "x".repeat(128));

/** Generates values that a schema allows. */
function valid(schema: Schema): Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(valid));
  switch (schema.type) {
    case "object":
      return fc.record(
        Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, field]) => [name, valid(field)])),
        { requiredKeys: schema.required ?? [] },
      );
    case "array":
      return fc.array(valid(schema.items ?? {}), { minLength: 1, maxLength: Math.min(schema.maxItems ?? 4, 4) });
    case "string":
      if (schema.format === "date-time")
        return fc
          .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
          .map((date) => date.toISOString());
      if (schema.pattern) return names;
      return fc.string({ unit: "grapheme", minLength: schema.minLength ?? 0, maxLength: 60 });
    case "integer":
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1_000, 5_000) });
    case "number":
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 10, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return fc.jsonValue();
  }
}

const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    "",
    0,
    -1,
    1e308,
    [],
    {},
    true,
    "\ud800",
    "\u0000",
    "../..",
    "%2F",
    "a".repeat(33_000),
    "<script>",
  ),
  fc.jsonValue(),
);

/** Generates a valid object with one field missing, changed to another type, or added. */
const nearly = (schema: Schema): Arbitrary<unknown> =>
  fc
    .tuple(
      valid(schema),
      fc.constantFrom(...Object.keys(schema.properties ?? { any: {} }), "__proto__", "extra"),
      fc.option(strange),
    )
    .map(([value, name, other]) => {
      if (typeof value !== "object" || value === null) return other;
      const { [name]: _, ...rest } = Object.fromEntries(Object.entries(value));
      return other === null ? rest : { ...rest, [name]: other };
    });

const schemaOf = (type: z.core.$ZodType | undefined): Schema =>
  (type ? z.toJSONSchema(type, { io: "input", unrepresentable: "any" }) : {}) as Schema;

const inPath = fc.oneof(
  { weight: 3, arbitrary: names },
  { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 20 }) },
);
const encoded = (text: string) => encodeURIComponent(text.toWellFormed());
const headerText = fc.oneof(
  names,
  fc.string({ maxLength: 30 }).map((text) => text.replace(/[^\x20-\x7e]/g, "?").trim()),
  fc.constant("turn:12"),
);

/** Generates a request to an operation: valid, nearly valid, or garbage. */
function request(route: string, operation: FullOperation): Arbitrary<{ path: string; init: RequestInit }> {
  const [method = "", template = ""] = route.split(" ");
  const schema = schemaOf(operation.body);
  const body = operation.body
    ? fc.oneof(
        { weight: 4, arbitrary: valid(schema).map((value) => JSON.stringify(value)) },
        { weight: 4, arbitrary: nearly(schema).map((value) => JSON.stringify(value)) },
        { weight: 1, arbitrary: strange.map((value) => JSON.stringify(value)) },
        { weight: 1, arbitrary: fc.string() },
      )
    : fc.constant(undefined);
  const query = fc.array(
    fc.tuple(
      fc.constantFrom(...Object.keys(operation.query?.shape ?? {}), "x"),
      fc.oneof(fc.nat().map(String), fc.string()),
    ),
    { maxLength: 3 },
  );
  const headers = fc.dictionary(
    fc.constantFrom("x-request-id", ...Object.keys(operation.headers?.shape ?? {})),
    headerText,
    { maxKeys: 2 },
  );
  const type = fc.oneof(
    { weight: 9, arbitrary: fc.constant("application/json") },
    { weight: 1, arbitrary: fc.constantFrom("text/plain", "application/json; charset=utf-8", "nonsense") },
  );
  return fc
    .tuple(fc.array(inPath, { minLength: 2, maxLength: 2 }), query, headers, type, body)
    .map(([params, search, more, contentType, content]) => {
      let at = 0;
      const path = template.replace(/:\w+/g, () => encoded(params[at++] ?? ""));
      const suffix =
        search.length > 0 ? `?${new URLSearchParams(search.map(([name, value]) => [name, value.toWellFormed()]))}` : "";
      return {
        path: path + suffix,
        init: {
          method,
          headers: { ...more, ...(content !== undefined && { "content-type": contentType }) },
          ...(content !== undefined && { body: content }),
        },
      };
    });
}

describe("any request", () => {
  it(`to any route is answered as documented, and never with a 5xx, in ${RUNS} runs`, async () => {
    const any = fc.oneof(...Object.entries(operations).map(([route, operation]) => request(route, operation)));
    const llamory = worker();
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(any, async ({ path, init }) => {
        // `fetch` checks the response against the document.
        const response = await llamory.fetch(path, init);
        await response.text();
        expect(response.status).toBeLessThan(500);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      }),
      { numRuns: RUNS },
    );
    expect(statuses.get(200)).toBeGreaterThan(RUNS / 10);
    expect(statuses.get(400)).toBeGreaterThan(RUNS / 20);
  });
});
