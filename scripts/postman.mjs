// Generates the Postman collection and its environment from openapi.json: a story that runs from top to bottom.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

const session = { sessionId: "{{sessionId}}" };
const saidSo = (text) => [
  `pm.test("remembers", () => pm.expect(pm.response.text()).to.include(${JSON.stringify(text)}));`,
];
const streamed = [
  'pm.test("ends with done", () => pm.expect(pm.response.text()).to.include("event: done"));',
  'pm.collectionVariables.set("turnId", /"turnId":"([^"]+)"/.exec(pm.response.text())[1]);',
];

/** The story: which operation, with what, and what it must bring beyond status, type and schema. */
const story = [
  { name: "Is it there?", id: "health" },
  { name: "What can it do?", id: "openapi" },
  { name: "Start with an empty session", id: "deleteSession" },
  { name: "Tell it something", id: "ask", body: { ...session, question: "My name is Ana and I keep bees in Lisbon." } },
  { name: "Ask again", id: "ask", body: { ...session, question: "What is my name?" }, tests: saidSo("Ana") },
  { name: "Read the history", id: "messages", query: { limit: "10" }, tests: saidSo("bees in Lisbon") },
  { name: "Give it a title", id: "renameSession", body: { title: "Bees in Lisbon" } },
  { name: "How much is there?", id: "session", tests: saidSo("Bees in Lisbon") },
  {
    name: "Add what was said elsewhere",
    id: "appendMessages",
    body: {
      messages: [
        { role: "user", name: "Ana", content: "The honey is ripe in July." },
        { role: "assistant", content: "I see." },
      ],
    },
  },
  { name: "Search", id: "search", query: { q: "honey" }, tests: saidSo("ripe in July") },
  {
    name: "Search, and say it to nobody's log",
    id: "searchByPost",
    body: { q: "honey" },
    tests: saidSo("ripe in July"),
  },
  {
    name: "See the prompt",
    id: "context",
    body: { question: "When is the honey ripe?" },
    tests: saidSo("ripe in July"),
  },
  {
    name: "Take it elsewhere",
    id: "exportSession",
    tests: [...saidSo("ripe in July"), 'pm.collectionVariables.set("lines", pm.response.text());'],
  },
  { name: "Empty the other session", id: "deleteSession", params: { sessionId: "{{sessionId}}-2" } },
  { name: "And bring it there", id: "importSession", params: { sessionId: "{{sessionId}}-2" }, lines: "{{lines}}" },
  {
    name: "Stream an answer",
    id: "ask",
    type: "text/event-stream",
    body: { ...session, question: "When is the honey ripe?", stream: true },
    tests: [...streamed, ...saidSo("ripe")],
  },
  { name: "Look at the turn", id: "turn", tests: saidSo("complete") },
  { name: "Replay its stream", id: "followTurn", type: "text/event-stream", tests: streamed },
  { name: "Cancel it, too late", id: "cancelTurn", tests: saidSo("complete") },
  {
    name: "List the models as OpenAI does",
    id: "models",
    tests: ['pm.collectionVariables.set("model", pm.response.json().data[0].id);'],
  },
  {
    name: "Chat as with OpenAI",
    id: "chatCompletions",
    headers: { "x-session-id": "{{sessionId}}" },
    body: { model: "llama", messages: [{ role: "user", content: "What is my name?" }] },
    tests: saidSo("Ana"),
  },
  {
    name: "Respond as OpenAI does",
    id: "responses",
    body: { model: "llama", input: "What is my name?", conversation: "{{sessionId}}" },
    tests: [...saidSo("Ana"), 'pm.collectionVariables.set("responseId", pm.response.json().id);'],
  },
  { name: "Read the response again", id: "response", tests: saidSo("Ana") },
  { name: "Delete it", id: "deleteResponse" },
  { name: "One model", id: "model" },
  {
    name: "As an MCP client: which tools are there?",
    id: "mcp",
    body: { jsonrpc: "2.0", id: 1, method: "tools/list" },
    tests: saidSo("search_memory"),
  },
  { name: "A question too few", id: "ask", status: 400, body: session, tests: saidSo("invalid_request") },
  {
    name: "A turn that is not there",
    id: "turn",
    status: 404,
    params: { turnId: "nobody" },
    tests: saidSo("turn_not_found"),
  },
  {
    name: "Make a token for a browser",
    id: "makeToken",
    body: { sessionIds: ["{{sessionId}}"], expiresIn: 600 },
  },
  {
    name: "Tell it something as a person",
    id: "ask",
    body: { sessionId: "{{sessionId}}-of-ana", userId: "{{userId}}", question: "My hives stand under a lime tree." },
  },
  {
    name: "And ask in another conversation of theirs",
    id: "ask",
    body: { sessionId: "{{sessionId}}-of-ana-2", userId: "{{userId}}", question: "Where do my hives stand?" },
    tests: saidSo("lime tree"),
  },
  { name: "Which conversations are there?", id: "userSessions", tests: saidSo("My hives stand") },
  { name: "Search them all", id: "searchUser", query: { q: "lime tree" }, tests: saidSo("-of-ana") },
  { name: "And say it to nobody's log", id: "searchUserByPost", body: { q: "lime tree" }, tests: saidSo("-of-ana") },
  {
    name: "Note a fact about them",
    id: "addFact",
    body: { text: "Ana is allergic to walnuts." },
    tests: ['pm.collectionVariables.set("factId", pm.response.json().id);'],
  },
  { name: "Say it better", id: "changeFact", body: { text: "Ana is allergic to all nuts." } },
  { name: "What is known of them?", id: "facts", tests: saidSo("all nuts") },
  { name: "Forget that", id: "deleteFact" },
  { name: "Forget them", id: "deleteUser", tests: saidSo('"sessions":2') },
  { name: "See what reaches the Worker", id: "debug" },
  { name: "Empty the session", id: "reset", body: session, tests: saidSo('"ok":true') },
  { name: "It has forgotten", id: "messages", tests: saidSo('"data":[]') },
];

/** An id that is the same at every run. */
const idOf = (name) =>
  createHash("sha256")
    .update(name)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5");

/** A schema with what it refers to in its place, because the sandbox of Postman does not know the document. */
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

/** What a story's request leaves for a later one, and what whoever runs it may want to change. */
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
