import { Hono } from "hono";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import { describe, expect, it } from "vitest";
import { freshSession, worker } from "../support/worker";

const ORIGIN = "https://app.example";
const asked = (origin: string) => ({
  method: "OPTIONS",
  headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
});

describe("a page of another origin", () => {
  const open = worker({ AUTH: "tokens", API_TOKENS: "ab".repeat(32), CORS_ORIGINS: `${ORIGIN}, https://two.example` });

  it("that is listed is told before it is authenticated that it may ask, and may read what was answered", async () => {
    const preflight = await open.raw("/ask", asked(ORIGIN));
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(preflight.headers.get("access-control-allow-headers")).toBe("authorization");
    const refused = await open.ask(freshSession(), "Hi", { origin: ORIGIN });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    const exposed = refused.headers.get("access-control-expose-headers") ?? "";
    for (const name of ["X-Request-Id", "Retry-After", "Idempotency-Replayed", "Server-Timing"]) {
      expect(exposed).toContain(name);
    }
  });

  it("that is not listed is not", async () => {
    for (const origin of ["https://evil.example", "http://app.example", "null", "https://app.example.evil.example"]) {
      const preflight = await open.raw("/ask", asked(origin));
      expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
      const answered = await worker({ CORS_ORIGINS: ORIGIN }).ask(freshSession(), "Hi", { origin });
      expect(answered.headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  it("is nobody by default, and anybody with `*`", async () => {
    const none = await worker().ask(freshSession(), "Hi", { origin: ORIGIN });
    expect(none.headers.get("access-control-allow-origin")).toBeNull();
    const any = await worker({ CORS_ORIGINS: "*" }).stream(freshSession(), "Hi", { origin: ORIGIN });
    expect(any.headers.get("access-control-allow-origin")).toBe("*");
    await any.text();
  });

  it.each([
    [ORIGIN, `${ORIGIN}, https://two.example`],
    ["https://evil.example", ORIGIN],
    [ORIGIN, "*"],
  ])("gets the headers of Hono's cors: %s, of %s", async (origin, CORS_ORIGINS) => {
    const listed = CORS_ORIGINS.split(", ");
    const share = cors({
      origin: (asking) => (CORS_ORIGINS === "*" ? "*" : listed.includes(asking) ? asking : null),
      allowMethods: ["GET", "POST", "PATCH", "DELETE"],
      exposeHeaders: ["X-Request-Id", "Retry-After", "Idempotency-Replayed", "Server-Timing"],
      maxAge: 7200,
    });
    const app = new Hono().use(share).get("/health", (c) => c.body(null));
    const { headers } = asked(origin);
    for (const init of [
      asked(origin),
      { method: "OPTIONS", headers: { origin } },
      { method: "OPTIONS" },
      { headers },
    ]) {
      const expected = await app.request("/health", init);
      const response = await worker({ CORS_ORIGINS, LOCAL_ONLY: "false" }).raw("/health", init);
      expect(response.status).toBe(init.method ? 204 : 200);
      for (const [name, value] of expected.headers) expect(response.headers.get(name)).toBe(value);
      const names = [...response.headers.keys()].filter((name) => /^access-control|^vary$/.test(name));
      expect(names.toSorted()).toEqual([...expected.headers.keys()].toSorted());
      await response.text();
    }
  });

  it.each(["app.example", "https://app.example/", "https://*.example", "https://a.example https://b.example"])(
    "must be an origin: %j",
    async (CORS_ORIGINS) => {
      const response = await worker({ CORS_ORIGINS }).ask(freshSession(), "Hi");
      expect(await response.json()).toMatchObject({
        code: "misconfigured",
        detail: expect.stringContaining("CORS_ORIGINS"),
      });
    },
  );
});

describe("what belongs to somebody", () => {
  it("is kept by no cache, and by no sniffing browser", async () => {
    const session = freshSession();
    for (const response of [
      await worker().ask(session, "Hi"),
      await worker().stream(session, "Hi"),
      await worker().fetch(`/sessions/${session}/messages`),
      await worker().fetch("/nowhere"),
    ]) {
      expect(response.headers.get("cache-control")).toContain("no-store");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      await response.text();
    }
  });
});

describe("a response", () => {
  it("has the headers of Hono's secure headers", async () => {
    const app = new Hono().use(secureHeaders());
    const expected = [...(await app.request("/")).headers].filter(([name]) => name !== "content-type");
    expect(expected).toHaveLength(11);
    for (const path of ["/health", "/nowhere", "/health/"]) {
      const { headers } = await worker().fetch(path);
      for (const [name, value] of expected) expect(headers.get(name), `${path} ${name}`).toBe(value);
    }
  });
});

describe("a server of this machine alone", () => {
  it.each(["http://localhost:8787", "http://127.0.0.1:8787", "http://[::1]:8787"])("answers to %s", async (origin) => {
    expect((await worker({ LOCAL_ONLY: "true" }).fetch("/health", {}, origin)).status).toBe(200);
  });

  it.each(["http://evil.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://10.0.0.1"])(
    "does not answer to %s",
    async (origin) => {
      const response = await worker({ LOCAL_ONLY: "true" }).fetch("/health", {}, origin);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: "local_only" });
    },
  );

  it("answers no page of another site, whose simple requests a browser sends without asking", async () => {
    const asked = async (origin: string, origins = "") => {
      const llamory = worker({ LOCAL_ONLY: "true", CORS_ORIGINS: origins });
      const request = { method: "POST", headers: { origin } };
      return (await llamory.fetch("/v1/conversations", request, "http://127.0.0.1:8787")).status;
    };
    for (const origin of ["https://evil.example", "http://localhost.evil.example", "null"]) {
      expect(await asked(origin), origin).toBe(403);
    }
    // Pages of this machine, apps and extensions, and pages that the operator allows.
    for (const origin of [
      ...["http://localhost:5173", "http://127.0.0.1:8787", "http://tauri.localhost"],
      ...["app://obsidian.md", "vscode-file://app"],
    ]) {
      expect(await asked(origin), origin).toBe(200);
    }
    expect(await asked("https://mine.example", "https://mine.example")).toBe(200);
    expect(await asked("null", "*")).toBe(200);
  });
});
