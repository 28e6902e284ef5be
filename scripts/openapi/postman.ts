/** The Postman collection and its environment: one request per step, in the order of the steps. */
import type { PostmanStep } from "../../src/routes/operation";
import type { Json } from "./document";
import { type FullOperation, operations } from "./operations";

/** Importing a newer file with the same id replaces the older one. */
const COLLECTION_ID = "fa7496e4-ae84-0306-df41-bd658800392e";
const ENVIRONMENT_ID = "ba528516-1ba6-eed0-085f-b13784ce5c92";

/** Resolves all references in a value, because Postman's sandbox has no access to the document. */
function inlined(value: unknown, document: Json): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => inlined(item, document));
  if (!("$ref" in value)) {
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, inlined(field, document)]));
  }
  const path = String(value.$ref).slice(2).split("/");
  return inlined(
    path.reduce<unknown>((at, key) => Object(at)[key], document),
    document,
  );
}

interface Described {
  responses: Record<string, { content: Record<string, { schema: unknown }> }>;
}

function testsOf(step: PostmanStep, operation: FullOperation, described: Described, document: Json): string[] {
  const status = step.status ?? operation.status ?? 200;
  const content = described.responses[status]?.content ?? {};
  const type = step.type ?? Object.keys(content)[0] ?? "";
  const schema = JSON.stringify(inlined(content[type]?.schema, document));
  const isJson = /json$/.test(type) && type !== "application/x-ndjson";
  return [
    `pm.test("status ${status}", () => pm.response.to.have.status(${status}));`,
    `pm.test("content type ${type}", () => pm.expect(pm.response.headers.get("content-type")).to.include("${type}"));`,
    ...(isJson
      ? [`const schema = ${schema};`, 'pm.test("schema", () => pm.response.to.have.jsonSchema(schema));']
      : []),
    'pm.test("request id", () => pm.expect(pm.response.headers.get("x-request-id")).to.match(/./));',
    ...(step.includes === undefined
      ? []
      : [`pm.test("content", () => pm.expect(pm.response.text()).to.include(${JSON.stringify(step.includes)}));`]),
    ...Object.entries(step.sets ?? {}).map(([name, value]) => `pm.collectionVariables.set("${name}", ${value});`),
  ];
}

function itemOf(route: string, operation: FullOperation, step: PostmanStep, document: Json): Json {
  const [method = "", path = ""] = route.split(" ");
  const segments = path
    .slice(1)
    .split("/")
    .map((segment) => segment.replace(/^:(\w+).*/, (_, name: string) => step.params?.[name] ?? `{{${name}}}`));
  const described = Object(document.paths)[path.replace(/:(\w+)(?:\{[^}]*\})?/g, "{$1}")][method.toLowerCase()];
  const query = Object.entries(step.query ?? {}).map(([key, value]) => ({ key, value }));
  const search = query.map(({ key, value }) => `${key}=${value}`).join("&");
  const body = step.body ?? operation.example;
  const type = step.lines ? "application/x-ndjson" : "application/json";
  const exec = testsOf(step, operation, described, document);
  return {
    name: step.name,
    event: [{ listen: "test", script: { type: "text/javascript", exec } }],
    request: {
      method,
      description: operation.description,
      header: [
        ...(body || step.lines ? [{ key: "content-type", value: type }] : []),
        ...Object.entries(step.headers ?? {}).map(([key, value]) => ({ key, value })),
      ],
      ...(body !== undefined && {
        body: { mode: "raw", raw: JSON.stringify(body, null, 2), options: { raw: { language: "json" } } },
      }),
      ...(step.lines && { body: { mode: "raw", raw: step.lines } }),
      url: {
        raw: `{{baseUrl}}/${segments.join("/")}${search && `?${search}`}`,
        host: ["{{baseUrl}}"],
        path: segments,
        ...(search && { query }),
      },
    },
    response: [],
  };
}

/** Variables that you may change. */
const settings = [
  { key: "baseUrl", value: "http://127.0.0.1:8787" },
  { key: "token", value: "none-needed-locally" },
  { key: "sessionId", value: "postman" },
  { key: "userId", value: "ana" },
];

/** Returns the collection of all steps. An operation without steps gets one, at the end. */
export function collection(document: Json): Json {
  const steps = Object.entries(operations).flatMap(([route, operation]) =>
    (operation.postman ?? [{ at: Number.POSITIVE_INFINITY, name: operation.summary }]).map((step) => ({
      step,
      route,
      operation,
    })),
  );
  const sorted = steps.toSorted((a, b) => (a.step.at < b.step.at ? -1 : a.step.at > b.step.at ? 1 : 0));
  const set = steps.flatMap(({ step }) => Object.keys(step.sets ?? {}));
  return {
    info: {
      _postman_id: COLLECTION_ID,
      name: "Llamory",
      description: Object(document.info).description,
      schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
    },
    auth: { type: "bearer", bearer: [{ key: "token", value: "{{token}}", type: "string" }] },
    item: sorted.map(({ route, operation, step }) => itemOf(route, operation, step, document)),
    variable: [...settings, ...set.map((key) => ({ key, value: "" }))],
  };
}

/** Returns the environment. The collection works without it: change the environment instead of the collection. */
export const environment = (): Json => ({
  id: ENVIRONMENT_ID,
  name: "Llamory, local",
  values: settings.map(({ key, value }) => ({
    key,
    value,
    type: key === "token" ? "secret" : "default",
    enabled: true,
  })),
  _postman_variable_scope: "environment",
});
