import { describe, expect, it } from "vitest";
import { operations } from "../scripts/openapi/operations";
import { app } from "../src/app";
import { document } from "./support/contract";
import { worker } from "./support/worker";

describe("GET /openapi.json", () => {
  it("serves the document to anyone", async () => {
    const response = await worker({ AUTH: "tokens" }).fetch("/openapi.json");
    expect(await response.json()).toEqual(document);
  });

  it("has an operation for every route, and a route for every operation", () => {
    const routes = app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(routes)].sort()).toEqual(Object.keys(operations).sort());
  });

  it("describes every response with a type, a request id and what it looks like", () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        for (const [status, response] of Object.entries(responses)) {
          // A 202 and a 204 are nothing.
          const shapes = Object.keys(response.content ?? {}).length;
          expect(shapes > 0, `${method} ${path} ${status}`).toBe(!["202", "204"].includes(status));
          expect(response, `${method} ${path} ${status}`).toMatchObject({ headers: { "X-Request-Id": {} } });
        }
      }
    }
  });

  it("shows examples that are true: each can be sent as it stands", async () => {
    const llamory = worker();
    const fact = await llamory.post("/users/examples/facts", { text: "Ana keeps bees." });
    const { id } = await fact.json<{ id: string }>();
    for (const [route, { example }] of Object.entries(operations)) {
      if (example === undefined) continue;
      const [method = "", path = ""] = route.split(" ");
      const place = path.replace(/:(?:sessionId|userId)/, "examples").replace(":factId", id);
      const headers = { "content-type": "application/json" };
      const response = await llamory.fetch(place, { method, headers, body: JSON.stringify(example) });
      expect(response.status, route).toBeLessThan(300);
    }
  });
});
