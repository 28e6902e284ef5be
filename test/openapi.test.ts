import { describe, expect, expectTypeOf, it } from "vitest";
import { operations, routes } from "../scripts/openapi/operations";
import type { OpenAIError, Problem } from "../src/client";
import { METHODS } from "../src/middleware/cors";
import type { openaiErrorOf, problemOf } from "../src/wire/problem";
import { document } from "./support/contract";
import { worker } from "./support/worker";

const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
);

/** Lists the properties of all schemas in a value that have neither a description nor a reference. */
function undescribed(value: unknown, at = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  const properties = "properties" in value && typeof value.properties === "object" ? (value.properties ?? {}) : {};
  const missing = Object.entries(properties).filter(([, schema]) => !schema.description && !schema.$ref);
  return [
    ...missing.map(([name]) => `${at}/${name}`),
    ...Object.entries(value).flatMap(([key, part]) => undescribed(part, `${at}/${key}`)),
  ];
}

describe("the OpenAPI document", () => {
  it("has an operation for every route, and a route for every operation", () => {
    expect(Object.keys(operations).sort()).toEqual([...routes].sort());
  });

  it("has only methods that browsers may use and that a refusal names", () => {
    const methods = new Set(Object.keys(operations).map((name) => name.split(" ")[0]));
    expect([...methods].sort()).toEqual(METHODS.toSorted());
  });

  it("describes every response of the Worker with a type, a request id and what it looks like", () => {
    for (const { name, responses, ...operation } of described) {
      if (operation["x-static-asset"]) continue;
      for (const [status, response] of Object.entries(responses)) {
        // A 202 and a 204 have no body.
        const shapes = Object.keys(response.content ?? {}).length;
        expect(shapes > 0, `${name} ${status}`).toBe(!["202", "204"].includes(status));
        expect(response, `${name} ${status}`).toMatchObject({ headers: { "X-Request-Id": {} } });
      }
    }
  });

  it("describes every operation beyond its summary, and every parameter and property", () => {
    for (const { name, summary, description, parameters } of described) {
      expect(summary, name).toMatch(/^[A-Z].*[^.]$/);
      expect(description, name).toMatch(/\.$/);
      expect(description.toLowerCase(), name).not.toContain(summary.toLowerCase());
      for (const parameter of parameters) expect(parameter, name).toMatchObject({ description: expect.any(String) });
    }
    expect(undescribed(document)).toEqual([]);
  });

  it("shows examples that are true: each can be sent as it stands", async () => {
    const llamory = worker();
    const fact = await llamory.post("/users/examples/facts", { text: "Ana keeps bees." });
    const { id } = await fact.json<{ id: string }>();
    for (const [route, { example }] of Object.entries(operations)) {
      if (example === undefined) continue;
      const [method = "", path = ""] = route.split(" ");
      const place = path.replace(/:(?:sessionId|userId|conversationId)/, "examples").replace(":factId", id);
      const headers = { "content-type": "application/json" };
      const response = await llamory.fetch(place, { method, headers, body: JSON.stringify(example) });
      expect(response.status, route).toBeLessThan(300);
    }
  });
});

describe("the types of llamory/client", () => {
  it("are those of the errors that the Worker sends", () => {
    expectTypeOf<ReturnType<typeof problemOf>>().toExtend<Problem>();
    expectTypeOf<Problem["status"]>().toExtend<ReturnType<typeof problemOf>["status"]>();
    expectTypeOf<ReturnType<typeof openaiErrorOf>>().toExtend<OpenAIError>();
  });
});
