import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { freshSession, worker } from "../support/worker";

describe("GET /health", () => {
  it("says ok, its path, version and model", async () => {
    const response = await exports.default.fetch("http://localhost/health");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      ok: true,
      path: "/health",
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      model: "llamory-offline",
    });
  });
});

describe("GET /debug", () => {
  it("echoes what reached the Worker", async () => {
    const response = await worker().fetch("/debug?a=1", { headers: { "content-type": "text/x" } });
    expect(await response.json()).toMatchObject({
      method: "GET",
      path: "/debug",
      url: "http://localhost/debug?a=1",
      contentType: "text/x",
      bindings: expect.arrayContaining(["AI", "CHAT_DO", "MY_DURABLE_OBJECT"]),
    });
  });

  it("is not there unless DEBUG is on", async () => {
    expect((await worker({ DEBUG: "false" }).fetch("/debug")).status).toBe(404);
  });
});

describe("X-Request-Id", () => {
  const idFor = async (given: string) =>
    (await worker().fetch("/health", { headers: { "x-request-id": given } })).headers.get("x-request-id");

  it("is the client's where it is well-formed, and one of our own where it is not", async () => {
    expect(await idFor("order-17_a")).toBe("order-17_a");
    for (const given of ["", "a b", "<script>", "x".repeat(256)]) {
      const id = await idFor(given);
      expect(id).not.toBe(given);
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe("settings", () => {
  it("that do not parse are told by name", async () => {
    const response = await worker({ CONTEXT_TOKENS: "plenty" }).ask(freshSession(), "Hi");
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      code: "misconfigured",
      detail: expect.stringContaining("CONTEXT_TOKENS"),
    });
  });

  it("name a jurisdiction that the local runtime does not have", async () => {
    const response = await worker({ JURISDICTION: "eu" }).ask(freshSession(), "Hi");
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      code: "misconfigured",
      detail: expect.stringContaining("JURISDICTION"),
    });
  });
});

describe("LegacyDO", () => {
  it("answers as the first version's object did", async () => {
    const stub = env.MY_DURABLE_OBJECT.getByName("any");
    expect(await (await stub.fetch("http://legacy.test/")).text()).toBe("legacy DO ok");
  });
});
