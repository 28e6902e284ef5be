// Generates the Postman collection and its environment from openapi.json: a story that runs from top to bottom.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { story } from "./postman/story.mjs";

const root = join(import.meta.dirname, "..");

/** An id that is the same at every run. */
const idOf = (name) =>
  createHash("sha256")
    .update(name)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5");

/** Inlines the references of a schema, because Postman's sandbox does not know the document. */
const inlined = (schema, document) =>
  JSON.parse(JSON.stringify(schema), (_, value) =>
    typeof value?.$ref === "string"
      ? value.$ref
          .slice(2)
          .split("/")
          .reduce((at, key) => at[key], document)
      : value,
  );

function itemOf(document, step) {
  const [path, method] =
    Object.entries(document.paths)
      .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => [path, method, operation]))
      .find(([, , operation]) => operation.operationId === step.id) ?? [];
  const operation = document.paths[path]?.[method];
  if (!operation) throw new Error(`no operation ${step.id}`);
  const status = step.status ?? Number(Object.keys(operation.responses).find((code) => code.startsWith("2")));
  const content = operation.responses[status].content;
  const type = step.type ?? Object.keys(content)[0];
  const schema = inlined(content[type].schema, document);
  const segments = path
    .slice(1)
    .split("/")
    .map((segment) => segment.replace(/^\{(\w+)\}$/, (_, name) => step.params?.[name] ?? `{{${name}}}`));
  const query = Object.entries(step.query ?? {}).map(([key, value]) => ({ key, value }));
  const search = query.map(({ key, value }) => `${key}=${value}`).join("&");
  const tests = [
    `pm.test("status ${status}", () => pm.response.to.have.status(${status}));`,
    `pm.test("content type ${type}", () => pm.expect(pm.response.headers.get("content-type")).to.include("${type}"));`,
    ...(["text/event-stream", "application/x-ndjson"].includes(type)
      ? []
      : [
          `const schema = ${JSON.stringify(schema)};`,
          'pm.test("schema", () => pm.response.to.have.jsonSchema(schema));',
        ]),
    'pm.test("request id", () => pm.expect(pm.response.headers.get("x-request-id")).to.match(/./));',
    ...(step.tests ?? []),
  ];
  return {
    id: idOf(step.name),
    name: step.name,
    event: [{ listen: "test", script: { id: idOf(`${step.name}, tests`), type: "text/javascript", exec: tests } }],
    request: {
      method: method.toUpperCase(),
      description: operation.summary,
      header: [
        ...(step.body ? [{ key: "content-type", value: "application/json" }] : []),
        ...(step.lines ? [{ key: "content-type", value: "application/x-ndjson" }] : []),
        ...Object.entries(step.headers ?? {}).map(([key, value]) => ({ key, value })),
      ],
      ...(step.body && {
        body: { mode: "raw", raw: JSON.stringify(step.body, null, 2), options: { raw: { language: "json" } } },
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

const document = JSON.parse(readFileSync(join(root, "openapi.json"), "utf8"));
const told = new Set(story.map(({ id }) => id));
const missing = Object.values(document.paths)
  .flatMap(Object.values)
  .filter(({ operationId }) => !told.has(operationId));
if (missing.length > 0)
  throw new Error(`not in the story: ${missing.map(({ operationId }) => operationId).join(", ")}`);

/** Variables that you may change, and variables that one request sets for a later one. */
const settings = [
  { key: "baseUrl", value: "http://127.0.0.1:8787" },
  { key: "token", value: "none-needed-locally" },
  { key: "sessionId", value: "postman" },
  { key: "userId", value: "ana" },
];
const left = ["turnId", "lines", "responseId", "model", "factId"].map((key) => ({ key, value: "" }));

const files = {
  "llamory.postman_collection.json": {
    info: {
      _postman_id: idOf("collection"),
      name: "Llamory",
      description: document.info.description,
      schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
    },
    auth: { type: "bearer", bearer: [{ key: "token", value: "{{token}}", type: "string" }] },
    item: story.map((step) => itemOf(document, step)),
    variable: [...settings, ...left],
  },
  "llamory.postman_environment.json": {
    id: idOf("environment"),
    name: "Llamory, local",
    // The collection has them too, and works without an environment: this one is there to be changed.
    values: settings.map(({ key, value }) => ({
      key,
      value,
      type: key === "token" ? "secret" : "default",
      enabled: true,
    })),
    _postman_variable_scope: "environment",
  },
};

const folder = process.argv[2] ?? join(root, "postman");
mkdirSync(folder, { recursive: true });
for (const [name, content] of Object.entries(files))
  writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
