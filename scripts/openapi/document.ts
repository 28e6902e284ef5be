/** Builds the OpenAPI 3.1 document from the routers' documentation and the schemas of their validators. */
import * as z from "zod/mini";
import { version } from "../../package.json";
import { askResponse, deltaEvent, startEvent } from "../../src/schema/ask-schema";
import { openapiResponse, problem } from "../../src/schema/common-schema";
import { openaiError } from "../../src/schema/openai-schema";
import type { Reason } from "../../src/wire/problem";
import { answerOf, bodyOf, failuresOf } from "./failures";
import { type FullOperation, operations } from "./operations";

export type Json = Record<string, unknown>;

/** Adds the description of a field that has only one value, if it has none. */
const describeConstant = ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
  const { const: value } = jsonSchema;
  if (value !== undefined) jsonSchema.description ??= `Always ${typeof value === "string" ? `\`${value}\`` : value}.`;
};

/** Returns the JSON Schema of a type. `input` describes requests before defaults apply. */
const jsonSchema = (type: z.core.$ZodType, io: "input" | "output" = "output"): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { io, unrepresentable: "any", override: describeConstant });
  return rest;
};

const ref = (kind: "headers" | "examples" | "schemas", name: string) => ({ $ref: `#/components/${kind}/${name}` });

const header = (description: string) => ({ description, schema: { type: "string" } });
const headers = {
  "X-Request-Id": header("The id of the request in the Worker's log: your own, if you sent a valid one."),
  "Server-Timing": header("Milliseconds spent on `memory` and `model`, and in `total` until the response began."),
  "Retry-After": header("Seconds to wait before a retry."),
  "Idempotency-Replayed": header("`true` if the turn of this key existed already."),
};

/** Returns references to the headers of a response. */
const headerRefs = (...more: (keyof typeof headers)[]): Json =>
  Object.fromEntries(["X-Request-Id", "Server-Timing", ...more].map((name) => [name, ref("headers", name)]));

/** The examples of failures that operations refer to. */
const examples: Record<string, Json> = {};

function exampleOf(reason: Reason, openai: boolean): Json {
  const name = openai ? `openai_${reason}` : reason;
  examples[name] = { value: bodyOf(reason, openai) };
  return ref("examples", name);
}

/** Returns the responses of failures by status, with their codes and examples. */
function failureResponses(reasons: readonly Reason[], openai: boolean): Json {
  const byStatus = Map.groupBy(reasons, (reason) => answerOf(reason).status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => {
      const content = {
        schema: ref("schemas", openai ? "OpenAIError" : "Problem"),
        examples: Object.fromEntries(group.map((reason) => [reason, exampleOf(reason, openai)])),
      };
      const retry = group.some((reason) => "retry-after" in answerOf(reason).headers);
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

/** Returns the fields of an object schema as parameters. */
function parameters(type: z.ZodMiniObject | undefined, place: "path" | "query" | "header"): Json[] {
  if (!type) return [];
  const { properties = {}, required = [] } = jsonSchema(type) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties)
    .filter(([name]) => name !== "accept")
    .map(([name, { description, ...schema }]) => ({
      name,
      in: place,
      description,
      required: place === "path" || (required.includes(name) && !("default" in schema)),
      schema,
    }));
}

const NDJSON = "application/x-ndjson";

/** Describes NDJSON as text with a schema per line, because OpenAPI 3.1 has no type for it. */
const linesOf = (type: () => z.core.$ZodType): Json => ({
  type: "string",
  description: "Lines of JSON",
  contentMediaType: NDJSON,
  contentSchema: jsonSchema(type(), "input"),
});

const EXPORTED = [
  { llamory: "session", version: 1 },
  { message: { role: "user", name: "Ana", content: "The honey is ripe.", createdAt: "2026-07-24T12:00:00.000Z" } },
  { end: { messages: 1 } },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join("");

/** Describes a stream of events. The data of native events have named schemas. */
const eventsOf = (description: string, openai: boolean): Json => ({
  type: "string",
  description,
  ...(!openai && {
    contentMediaType: "text/event-stream",
    contentSchema: {
      oneOf: ["StreamStart", "StreamDelta", "StreamDone", "StreamError"].map((name) => ref("schemas", name)),
    },
  }),
});

/** The schemas of bodies. Their names are the type names of generated clients. */
const shapes: Record<string, Json> = {};

function named(id: string, kind: "Request" | "Response" | "Error", type: z.core.$ZodType, io?: "input"): Json {
  const name = `${id.charAt(0).toUpperCase()}${id.slice(1)}${kind}`;
  shapes[name] = jsonSchema(type, io);
  return ref("schemas", name);
}

const TOKENS = {
  none: "",
  session: " Session tokens may call this.",
  user: " Session tokens of the user may call this.",
  api: " Only API tokens may call this.",
};

function operationOf(path: string, operation: FullOperation): Json {
  const openai = path.startsWith("/v1");
  const { id, tokens = "api", status = 200, response, events, empty = {}, refused, body, bodyLines } = operation;
  return {
    operationId: id,
    summary: operation.summary,
    description: operation.description + TOKENS[tokens],
    tags: [openai ? "OpenAI" : "Llamory"],
    ...(tokens === "none" && { security: [] }),
    parameters: [
      ...parameters(operation.params, "path"),
      ...parameters(operation.query, "query"),
      ...parameters(operation.headers, "header"),
    ],
    ...(body && {
      requestBody: {
        required: true,
        content: {
          "application/json": { schema: named(id, "Request", body, "input"), example: operation.example },
        },
      },
    }),
    ...(bodyLines && {
      requestBody: { required: true, content: { [NDJSON]: { schema: linesOf(bodyLines), example: EXPORTED } } },
    }),
    responses: {
      [status]: {
        description: "Success.",
        headers: id === "ask" ? headerRefs("Idempotency-Replayed") : headerRefs(),
        content: {
          ...(response && { "application/json": { schema: named(id, "Response", response()) } }),
          ...(operation.responseLines && {
            [NDJSON]: { schema: linesOf(operation.responseLines), example: EXPORTED },
          }),
          ...(events && { "text/event-stream": { schema: eventsOf(events, openai) } }),
        },
      },
      ...Object.fromEntries(
        Object.entries(empty).map(([code, description]) => [code, { description, headers: headerRefs() }]),
      ),
      ...failureResponses(failuresOf(operation), openai),
      ...(refused && {
        400: {
          description: "The message could not be read.",
          headers: headerRefs(),
          content: { "application/json": { schema: named(id, "Error", refused()) } },
        },
      }),
    },
  };
}

/** The operation of the document itself. It is a static asset, so the Worker's failures do not apply. */
const asset = {
  operationId: "openapi",
  summary: "Get this document",
  description: "Returns the OpenAPI document as a static file. It needs no token.",
  tags: ["Llamory"],
  security: [],
  parameters: [],
  responses: {
    200: {
      description: "Success.",
      content: { "application/json": { schema: named("openapi", "Response", openapiResponse()) } },
    },
  },
  "x-static-asset": true,
};

/** Rewrites Hono's `:name` as OpenAPI's `{name}`. */
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
      description: "A Llama chat agent with memory. Requests ignore unknown fields.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "Llamory", description: "Sessions and users with memory." },
      { name: "OpenAI", description: "Routes that are compatible with the OpenAI API, for its SDKs and frameworks." },
    ],
    security: [{ token: [] }, { key: [] }],
    paths: { ...paths, "/openapi.json": { get: asset } },
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A token whose SHA-256 is in `API_TOKENS`." },
        key: { type: "apiKey", in: "header", name: "X-API-Key", description: "The same token." },
      },
      headers,
      examples,
      schemas: {
        Problem: jsonSchema(problem()),
        OpenAIError: jsonSchema(openaiError()),
        StreamStart: jsonSchema(startEvent()),
        StreamDelta: jsonSchema(deltaEvent()),
        StreamDone: jsonSchema(askResponse()),
        StreamError: ref("schemas", "Problem"),
        ...shapes,
      },
    },
  };
}
