import { sign } from "hono/jwt";
import { describe, expect, it } from "vitest";
import { digestOf } from "../support/tokens";
import { freshSession, worker } from "../support/worker";

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const [OPEN, ACME, NEXT] = await Promise.all(["open-sesame", "s3cret", "s3cret-next"].map(digestOf));

describe("a Worker that asks for tokens", () => {
  const locked = worker({ AUTH: "tokens", API_TOKENS: `${OPEN}, acme:${ACME},acme:${NEXT?.toUpperCase()}` });

  it("refuses to serve while none are configured", async () => {
    const response = await worker({ AUTH: "tokens" }).ask(freshSession(), "Hi");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "not_configured" });
  });

  it.each<Record<string, string>>([
    {},
    bearer("wrong"),
    bearer(""),
    bearer("acme:s3cret"),
    bearer("acme:"),
    bearer(OPEN ?? ""),
    { authorization: "open-sesame" },
    { "x-api-key": "wrong" },
    { "x-api-key": ACME ?? "" },
  ])("keeps strangers out: %j", async (headers) => {
    const response = await locked.ask(freshSession(), "Hi", headers);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      code: "unauthorized",
      detail: expect.stringContaining("npm run token"),
    });
  });

  it.each<Record<string, string>>([
    bearer("open-sesame"),
    { "x-api-key": "open-sesame" },
    bearer("s3cret"),
    bearer("s3cret-next"),
  ])("lets in who holds one: %j", async (headers) =>
    expect((await locked.ask(freshSession(), "Hi", headers)).status).toBe(200),
  );

  it.each([
    "acme:",
    ":",
    "a b",
    `${OPEN},`,
    `,${OPEN}`,
    `acme :${OPEN}`,
    `a/b:${OPEN}`,
    `${OPEN}0`,
    "open-sesame",
    `${OPEN} ${ACME}`,
  ])("serves nobody where the list is malformed: %j", async (API_TOKENS) => {
    const broken = worker({ AUTH: "tokens", API_TOKENS });
    for (const headers of [{}, bearer(API_TOKENS), bearer("acme:"), bearer("open-sesame"), bearer("")]) {
      const response = await broken.ask(freshSession(), "Hi", headers);
      expect(response.status).toBe(500);
      const { code, detail } = await response.json<{ code: string; detail: string }>();
      expect(code).toBe("misconfigured");
      expect(detail).toMatch(/API_TOKENS: entry \d/);
      expect(detail).not.toContain("open-sesame");
    }
  });

  it("serves nobody where two tenants have one token, and everybody where one tenant has it twice", async () => {
    const shared = worker({ AUTH: "tokens", API_TOKENS: `acme:${OPEN},${ACME},other:${OPEN}` });
    const response = await shared.ask(freshSession(), "Hi", bearer("open-sesame"));
    expect(await response.json()).toMatchObject({
      code: "misconfigured",
      detail: expect.stringContaining("API_TOKENS: gives one token to two tenants"),
    });
    const twice = worker({ AUTH: "tokens", API_TOKENS: `acme:${OPEN},acme:${OPEN}` });
    expect((await twice.ask(freshSession(), "Hi", bearer("open-sesame"))).status).toBe(200);
  });

  it("lets nobody in without a token, even where the list holds the digest of nothing", async () => {
    const careless = worker({ AUTH: "tokens", API_TOKENS: await digestOf("") });
    const none: Record<string, string>[] = [{}, bearer(""), { "x-api-key": "" }];
    for (const headers of none) {
      expect((await careless.ask(freshSession(), "Hi", headers)).status).toBe(401);
    }
  });

  it("reads nothing of a stranger's body", async () => {
    let read = 0;
    const body = new ReadableStream({
      pull(controller) {
        read += 1;
        controller.enqueue(new Uint8Array(65_536));
        if (read > 100) controller.close();
      },
    });
    const headers = { "content-type": "application/json" };
    const response = await locked.fetch("/ask", { method: "POST", headers, body });
    expect(response.status).toBe(401);
    expect(read).toBeLessThan(5);
  });

  it("keeps the sessions of two tenants apart, and together those of one tenant's tokens", async () => {
    const session = freshSession();
    expect((await locked.ask(session, "My name is Ana.", bearer("open-sesame"))).status).toBe(200);
    const other = await locked.ask(session, "What is my name?", bearer("s3cret"));
    expect((await other.json<{ answer: string }>()).answer).not.toContain("Ana");
    const same = await locked.ask(session, "What is my name?", bearer("open-sesame"));
    expect((await same.json<{ answer: string }>()).answer).toContain("Ana");
    await locked.ask(session, "I am Bo from Oslo.", bearer("s3cret"));
    const rotated = await locked.ask(session, "Where am I from, Bo?", bearer("s3cret-next"));
    expect((await rotated.json<{ answer: string }>()).answer).toContain("Oslo");
  });

  it("tells its health to anyone", async () => {
    expect((await locked.fetch("/health")).status).toBe(200);
  });
});

describe("the rates of a Worker", () => {
  /** Returns a limiter that allows this number of requests for each key, as the platform's binding does in a period. */
  function rate(limit: number): RateLimit & { keys: Map<string, number> } {
    const keys = new Map<string, number>();
    return {
      keys,
      async limit({ key }) {
        keys.set(key, (keys.get(key) ?? 0) + 1);
        return { success: (keys.get(key) ?? 0) <= limit };
      },
    };
  }
  const settings = { AUTH: "tokens", API_TOKENS: `${OPEN}, acme:${ACME}` };

  it("slow down 300 wrong tokens in a row from one address, and nobody else", async () => {
    const FAILURE_RATE = rate(20);
    const locked = worker({ ...settings, FAILURE_RATE });
    const from = (address: string, token: string) => ({ ...bearer(token), "cf-connecting-ip": address });
    const statuses = new Map<number, number>();
    for (let at = 0; at < 300; at += 1) {
      const response = await locked.fetch("/sessions/s", { headers: from("192.0.2.1", `guess ${at}`) });
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      if (response.status === 429) expect(response.headers.get("retry-after")).toBe("60");
    }
    expect(statuses).toEqual(
      new Map([
        [401, 20],
        [429, 280],
      ]),
    );
    expect((await locked.fetch("/sessions/s", { headers: from("192.0.2.2", "guess") })).status).toBe(401);
    expect((await locked.fetch("/sessions/s", { headers: from("192.0.2.1", "s3cret") })).status).toBe(200);
    expect([...FAILURE_RATE.keys.keys()]).toEqual(["192.0.2.1", "192.0.2.2"]);
  });

  it("bound what one tenant asks, and leave the others alone", async () => {
    const locked = worker({ ...settings, TENANT_RATE: rate(3) });
    const ask = async (token: string) => (await locked.fetch("/sessions/s", { headers: bearer(token) })).status;
    expect([await ask("s3cret"), await ask("s3cret"), await ask("s3cret"), await ask("s3cret")]).toEqual([
      200, 200, 200, 429,
    ]);
    expect(await ask("open-sesame")).toBe(200);
    const refused = await locked.ask(freshSession(), "Hi", bearer("s3cret"));
    expect(await refused.json()).toMatchObject({ code: "too_many_requests", status: 429 });
  });
  describe("of browsers", () => {
    const SESSION_KEY = "k".repeat(32);
    const exp = Math.floor(Date.now() / 1_000) + 600;
    const token = async (claims: object, digest = ACME) =>
      bearer(await sign({ digest, exp, ...claims }, SESSION_KEY, "HS256"));
    const statusesOf = async (locked: ReturnType<typeof worker>, headers: Record<string, string>, times: number) => {
      const statuses: number[] = [];
      for (let at = 0; at < times; at += 1) {
        statuses.push((await locked.fetch("/sessions/s", { headers })).status);
      }
      return statuses;
    };

    it("stop one of them, and neither another one nor the API tokens of its tenant", async () => {
      const [SESSION_RATE, TENANT_RATE] = [rate(3), rate(10)];
      const locked = worker({ ...settings, SESSION_KEY, SESSION_RATE, TENANT_RATE });
      const ana = { userId: "ana" };
      expect(await statusesOf(locked, await token(ana), 100)).toEqual([200, 200, 200, ...Array(97).fill(429)]);
      // Another token of the same user, or one of another API token of the tenant, shares the same rate.
      expect(await statusesOf(locked, await token({ ...ana, exp: exp + 1 }), 1)).toEqual([429]);
      for (const headers of [
        await token({ userId: "bo" }),
        await token({ sessions: ["s"] }),
        await token({ sessions: ["s", "t"] }),
        await token(ana, OPEN),
        bearer("s3cret"),
      ]) {
        expect(await statusesOf(locked, headers, 2)).toEqual([200, 200]);
      }
      const refused = await locked.ask("s", "Hi", await token(ana));
      expect(refused.headers.get("retry-after")).toBe("60");
      expect(await refused.json()).toMatchObject({ code: "too_many_requests" });
    });

    it("stop all of them together, and not the API tokens of their tenant, nor the other way round", async () => {
      const locked = worker({ ...settings, SESSION_KEY, SESSION_RATE: rate(3), TENANT_RATE: rate(5) });
      const statuses: number[] = [];
      for (const userId of ["ana", "bo", "cy"]) {
        statuses.push(...(await statusesOf(locked, await token({ userId }), 2)));
      }
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
      expect(await statusesOf(locked, bearer("s3cret"), 6)).toEqual([200, 200, 200, 200, 200, 429]);
      expect(await statusesOf(locked, await token({ userId: "ana" }, OPEN), 1)).toEqual([200]);
    });

    it("count the same sessions as one, in any order, and no user as a session", async () => {
      const SESSION_RATE = rate(2);
      const locked = worker({ ...settings, SESSION_KEY, SESSION_RATE });
      for (const sessions of [
        ["s", "t"],
        ["t", "s"],
      ]) {
        expect(await statusesOf(locked, await token({ sessions }), 1)).toEqual([200]);
      }
      expect(await statusesOf(locked, await token({ sessions: ["s", "t"] }), 1)).toEqual([429]);
      expect(await statusesOf(locked, await token({ sessions: ["s"] }), 1)).toEqual([200]);
      expect(await statusesOf(locked, await token({ userId: "s" }), 1)).toEqual([200]);
      for (const key of SESSION_RATE.keys.keys()) expect(key.length).toBeLessThan(64);
    });
  });
});
