/** The OpenAPI 3.1 document, from the schemas that the routes validate with. */
import * as z from "zod";
import { version } from "../../package.json";
import * as schema from "../../src/schema/common-schema";
import { openaiError } from "../../src/schema/openai-schema";
import { openaiErrorOf, problemOf, type Reason, responseOf } from "../../src/wire/problem";
import { failures } from "./failures";
import { operations } from "./operations";

type Json = Record<string, unknown>;

/** Describes requests before defaults are applied, and everything else after parsing. */
const jsonSchema = (type: z.ZodType, io: "input" | "output" = "output"): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { io, unrepresentable: "any" });
  return rest;
};

const header = (description: string) => ({ description, schema: { type: "string" } });
const headers = {
  "X-Request-Id": header("Names the request in the Worker's log; taken over from the request where it is well-formed."),
  "Server-Timing": header(
    "Milliseconds spent on `memory`, `model` and in `total`, as far as known when the answer began.",
  ),
  "Retry-After": header("Seconds after which to ask again."),
  "Idempotency-Replayed": header("`true` where the key's turn had been asked before."),
};

/** The headers of a response, by reference. */
const headerRefs = (...more: (keyof typeof headers)[]): Json =>
  Object.fromEntries(
    ["X-Request-Id", "Server-Timing", ...more].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );

/** Names the example of a failure; examples of the OpenAI surface have their own names. */
const exampleName = (reason: Reason, openai: boolean) => (openai ? `openai_${reason}` : reason);
const examples = Object.fromEntries(
  Object.values(failures).flatMap((failure) => [
    [exampleName(failure.reason, false), { value: problemOf(failure, "5f0c2f6e") }],
    [exampleName(failure.reason, true), { value: openaiErrorOf(failure) }],
  ]),
);

const used = new Set<string>();

/** An example by reference; those that nothing shows stay out of the document. */
function shownAs(name: string): Json {
  used.add(name);
  return { $ref: `#/components/examples/${name}` };
}

/** The responses of failures by status, with their codes and examples. */
function failureResponses(reasons: readonly Reason[], openai: boolean): Json {
  const byStatus = Map.groupBy(reasons, (reason) => responseOf(failures[reason]).status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => {
      const shown = group.map((reason) => [reason, shownAs(exampleName(reason, openai))]);
      const content = {
        schema: { $ref: `#/components/schemas/${openai ? "OpenAIError" : "Problem"}` },
        examples: Object.fromEntries(shown),
      };
      const retry = group.some((reason) => "retry-after" in responseOf(failures[reason]).headers);
      return [
        String(status),
        {
          description: group.map((reason) => `\`${reason}\``).join(", "),
          headers: retry ? headerRefs("Retry-After") : headerRefs(),
          content: { [openai ? "application/json" : "application/problem+json"]: content },
        },
      ];
    }),
  );
}

/** The fields of an object schema as parameters. */
function parameters(type: z.ZodObject | undefined, place: "path" | "query" | "header"): Json[] {
  if (!type) return [];
  const { properties = {}, required = [] } = jsonSchema(type) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties)
    .filter(([name]) => name !== "accept")
    .map(([name, field]) => ({
      name,
      in: place,
      required: place === "path" || (required.includes(name) && !("default" in field)),
      schema: field,
    }));
}

const NDJSON = "application/x-ndjson";

/** Describes lines of JSON as text with a schema per line, because OpenAPI 3.1 has no type for them. */
const linesOf = (type: z.ZodType): Json => ({
  type: "string",
  description: "Lines of JSON",
  contentMediaType: NDJSON,
  contentSchema: jsonSchema(type, "input"),
});

const EXPORTED = [
  { llamory: "session", version: 1 },
  { message: { role: "user", name: "Ana", content: "The honey is ripe.", createdAt: "2026-07-24T12:00:00.000Z" } },
  { end: { messages: 1 } },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join("");

/** How any route that needs a token may refuse. */
const CLOSED = [
  "unauthorized",
  "token_expired",
  "forbidden",
  "not_configured",
  "too_many_failures",
  "too_many_requests",
  "session_overloaded",
  "session_lost",
  "schema_too_new",
] as const;

/** Describes a stream of events; the data of native events have named schemas. */
const eventsOf = (description: string, openai: boolean): Json => ({
  type: "string",
  description,
  ...(!openai && {
    contentMediaType: "text/event-stream",
    contentSchema: {
      oneOf: ["StreamStart", "StreamDelta", "StreamDone", "StreamError"].map((name) => ({
        $ref: `#/components/schemas/${name}`,
      })),
    },
  }),
});

/** The shapes of bodies, each under a name that a client which is made of the document can use. */
const shapes: Record<string, Json> = {};

/** A shape under the name of its operation, by reference. */
function named(
  id: string,
  kind: "Request" | "Response" | "Error",
  type: z.ZodType,
  io: "input" | "output" = "output",
): Json {
  const name = `${id.charAt(0).toUpperCase()}${id.slice(1)}${kind}`;
  shapes[name] = jsonSchema(type, io);
  return { $ref: `#/components/schemas/${name}` };
}

function operationOf(path: string, { open, openai = false, ...operation }: (typeof operations)[string]): Json {
  const reasons = new Set<Reason>(["misconfigured", "internal", "local_only", ...(operation.failures ?? [])]);
  if (!open) for (const reason of CLOSED) reasons.add(reason);
  if (operation.params || operation.query || operation.headers || operation.body) reasons.add("invalid_request");
  // A body of any request is looked at before its route is.
  if (operation.body)
    for (const reason of ["malformed_json", "unsupported_media_type", "body_too_large"] as const) reasons.add(reason);
  const { status = 200, response, events, nothing, taken, refused, lines, takesLines } = operation;
  return {
    operationId: operation.id,
    summary: operation.summary,
    description: `${operation.summary}.`,
    tags: [path.startsWith("/v1") ? "OpenAI" : "Llamory"],
    ...(open && { security: [] }),
    parameters: [
      ...parameters(operation.params, "path"),
      ...parameters(operation.query, "query"),
      ...parameters(operation.headers, "header"),
    ],
    ...(operation.body && {
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: named(operation.id, "Request", operation.body, "input"),
            example: operation.example,
          },
        },
      },
    }),
    ...(takesLines && {
      requestBody: { required: true, content: { [NDJSON]: { schema: linesOf(takesLines), example: EXPORTED } } },
    }),
    responses: {
      [status]: {
        description: "Done.",
        headers: operation.id === "ask" ? headerRefs("Idempotency-Replayed") : headerRefs(),
        content: {
          ...(response && { "application/json": { schema: named(operation.id, "Response", response) } }),
          ...(lines && { [NDJSON]: { schema: linesOf(lines), example: EXPORTED } }),
          ...(events && { "text/event-stream": { schema: eventsOf(events, openai) } }),
        },
      },
      ...(taken && { 202: { description: taken, headers: headerRefs() } }),
      ...(nothing && { 204: { description: nothing, headers: headerRefs() } }),
      ...failureResponses([...reasons], openai),
      ...(refused && {
        400: {
          description: "The message could not be read.",
          headers: headerRefs(),
          content: { "application/json": { schema: named(operation.id, "Error", refused) } },
        },
      }),
    },
  };
}

/** Hono's `:name` as OpenAPI's `{name}`. */
const templated = (path: string) => path.replace(/:(\w+)(?:\{[^}]*\})?/g, "{$1}");

export function openapi(): Json {
  const paths: Record<string, Json> = {};
  for (const [route, operation] of Object.entries(operations)) {
    const [method = "", path = ""] = route.split(" ");
    paths[templated(path)] = { ...paths[templated(path)], [method.toLowerCase()]: operationOf(path, operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Llamory",
      version,
      description: "A Llama chat agent that remembers. Unknown fields of a request are ignored.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "Llamory", description: "Sessions that remember: ask them, read them, empty them, take them elsewhere." },
      { name: "OpenAI", description: "What speaks the OpenAI API, for its SDKs and the frameworks that use them." },
    ],
    security: [{ token: [] }, { key: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A token whose SHA-256 stands in `API_TOKENS`." },
        key: { type: "apiKey", in: "header", name: "X-API-Key", description: "The same token." },
      },
      headers,
      examples: Object.fromEntries(Object.entries(examples).filter(([name]) => used.has(name))),
      schemas: {
        Problem: jsonSchema(schema.problem),
        OpenAIError: jsonSchema(openaiError),
        StreamStart: jsonSchema(schema.startEvent),
        StreamDelta: jsonSchema(schema.deltaEvent),
        StreamDone: jsonSchema(schema.askResponse),
        StreamError: { $ref: "#/components/schemas/Problem" },
        ...shapes,
      },
    },
  };
}
