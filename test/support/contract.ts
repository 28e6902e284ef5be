/** Checks responses against the OpenAPI document. */
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { expect } from "vitest";
import openapi from "../../openapi.json";
import { remember } from "./log-leaks";

interface Described {
  summary: string;
  description: string;
  parameters: object[];
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
  "x-static-asset"?: boolean;
}

interface Document {
  paths: Record<string, Record<string, Described>>;
  components: object;
}

export const document: Document = JSON.parse(JSON.stringify(openapi));

const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema({ $id: "llamory", components: document.components });
const validators = new Map<object, ValidateFunction>();

/** The schema's `$ref`s point into the document. */
const absolute = (schema: object) =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"llamory#/components'));

function validatorOf(schema: object): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  const validate = ajv.compile(absolute(schema));
  validators.set(schema, validate);
  return validate;
}

/** Returns the operation that a request reaches; undefined for an unknown route or method. */
function operationOf(method: string, pathname: string) {
  for (const [path, operations] of Object.entries(document.paths)) {
    const pattern = new RegExp(`^${path.replace(/\./g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);
    if (pattern.test(pathname)) return operations[method.toLowerCase()];
  }
  return undefined;
}

/** Fails if a response does not match the document. Returns the response unread. */
export async function documented(method: string, pathname: string, response: Response): Promise<Response> {
  const what = `${method} ${pathname} -> ${response.status}`;
  expect(response.headers.get("x-request-id"), what).toMatch(/./);
  expect(response.headers.get("server-timing"), what).toMatch(/total;dur=/);
  const operation = operationOf(method, pathname);
  if (!operation) {
    expect([404, 405, 403, 401, 413, 415, 503, 500], what).toContain(response.status);
    return response;
  }
  const described = operation.responses[response.status];
  expect(described, `${what} is not described`).toBeDefined();
  if (response.status === 204 || response.status === 202) return response;
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  const content = described?.content?.[type];
  expect(content, `${what} ${type} is not described`).toBeDefined();
  if (!content || ["text/event-stream", "application/x-ndjson"].includes(type)) return response;
  const validate = validatorOf(content.schema);
  const text = await response.clone().text();
  remember(text);
  expect(text, what).toMatch(/[^\n]\n$/);
  const body: unknown = JSON.parse(text);
  expect(validate(body), `${what} ${JSON.stringify(body)} ${ajv.errorsText(validate.errors)}`).toBe(true);
  return response;
}
