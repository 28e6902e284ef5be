import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { TenantDO } from "../../src/do/tenant";
import { eventually } from "../support/eventually";
import { PLAYED, scripted } from "../support/scripted-model";
import { Events } from "../support/sse";
import { digestOf } from "../support/tokens";
import { freshSession, worker } from "../support/worker";

/** The token of a tenant. It differs from the tenant's name, which the log may contain. */
const tokenOf = (tenant: string) => `token-of-${tenant}`;
const bearer = (tenant: string) => ({ authorization: `Bearer ${tokenOf(tenant)}` });
/** Creates two tenants with a quota of 1,000 tokens a day. */
async function tenants() {
  const [a, b] = [crypto.randomUUID(), crypto.randomUUID()];
  const API_TOKENS = `${a}:${await digestOf(tokenOf(a))},${b}:${await digestOf(tokenOf(b))}`;
  return { a, b, llamory: worker({ AUTH: "tokens", API_TOKENS, TENANT_TOKENS_PER_DAY: "1000" }) };
}

const usage = (total: number) => ({ prompt_tokens: total - 10, completion_tokens: 10 });
const NOON = Date.UTC(2026, 10, 24, 12);
/** The number of milliseconds for which an isolate caches a count. */
const LATER = 5_000;

/** Stops the clock. It moves only when a test moves it. */
function clock() {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  return { forward: (ms: number) => vi.setSystemTime(Date.now() + ms) };
}
afterEach(() => vi.useRealTimers());

describe("the tokens of a tenant's day", () => {
  it("end with a 429 until midnight, for all of the tenant's sessions and for no other tenant", async () => {
    const { a, b, llamory } = await tenants();
    const time = clock();
    const session = freshSession();
    // The name of a session's object begins with the tenant.
    await scripted(`${a}/${session}`, { response: "Hi.", usage: usage(600) });
    for (const status of [200, 200, 429]) {
      const response = await llamory.ask(session, "Hello?", bearer(a));
      expect(response.status).toBe(status);
      time.forward(LATER);
      // An isolate reads the count again with the next request.
      if (status === 200) await llamory.ask(freshSession(), "Hi", bearer(a));
      time.forward(LATER);
    }
    const refused = await llamory.stream(freshSession(), "Hello?", bearer(a));
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "tenant_allowance_spent" });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(11 * 3_600);
    const openai = await llamory.post(
      "/v1/chat/completions",
      { messages: [{ role: "user", content: "x" }] },
      bearer(a),
    );
    expect(openai.status).toBe(429);
    expect(await openai.json()).toMatchObject({ error: { code: "tenant_allowance_spent" } });
    expect((await llamory.fetch(`/sessions/${session}/messages`, { headers: bearer(a) })).status).toBe(200);
    expect((await llamory.ask(session, "Hello?", bearer(b))).status).toBe(200);
    time.forward(12 * 3_600_000);
    expect((await llamory.ask(session, "A new day?", bearer(a))).status).toBe(200);
  });

  const today = (tenant: string) => env.TENANT_DO.getByName(`tenant/${tenant}`).today();

  it("count a turn as the model counted it, with or without a session, as JSON and in a stream", async () => {
    const { a, llamory } = await tenants();
    const session = freshSession();
    await scripted(`${a}/${session}`, { response: "Hi.", usage: usage(40) });
    await llamory.ask(session, "Hello?", bearer(a));
    await (await llamory.stream(session, "Hello?", bearer(a))).text();
    expect(await today(a)).toBe(80);
    await llamory.post("/v1/chat/completions", { messages: [{ role: "user", content: "x" }] }, bearer(a));
    expect(await today(a)).toBeGreaterThan(80);
  });

  it("count what a cancelled turn has used, and nothing where the model failed", async () => {
    const { a, llamory } = await tenants();
    const [streamed, broken] = [freshSession(), freshSession()];
    await scripted(`${a}/${broken}`, new Error("5016: no"));
    expect((await llamory.ask(broken, "Hello?", bearer(a))).status).toBe(502);
    expect(await today(a)).toBe(0);
    const model = await scripted(`${a}/${streamed}`, PLAYED);
    const client = new Events(await llamory.stream(streamed, "Sing.", bearer(a)));
    const start = await client.next();
    await model.say("la ".repeat(2_000));
    await client.next();
    const turn = `/sessions/${streamed}/turns/${start?.data.turnId}`;
    expect((await llamory.fetch(`${turn}/cancel`, { method: "POST", headers: bearer(a) })).status).toBe(200);
    await client.rest();
    await eventually(async () => expect(await today(a)).toBeGreaterThan(1_000));
  });

  it("are read once by requests that come before the first reply, and again after a while", async () => {
    const { a, llamory } = await tenants();
    const time = clock();
    const reads = vi.spyOn(TenantDO.prototype, "today");
    onTestFinished(() => reads.mockRestore());
    const asks = () => Promise.all(Array.from({ length: 5 }, () => llamory.ask(freshSession(), "Hi", bearer(a))));
    // `add` reads the count, too.
    const counted = vi.spyOn(TenantDO.prototype, "add").mockImplementation(() => {});
    onTestFinished(() => counted.mockRestore());
    await asks();
    expect(reads).toHaveBeenCalledTimes(1);
    time.forward(LATER);
    await asks();
    expect(reads).toHaveBeenCalledTimes(2);
  });

  it("are not counted where nobody limits them", async () => {
    const { a } = await tenants();
    await worker({ AUTH: "tokens", API_TOKENS: `${a}:${await digestOf(tokenOf(a))}` }).ask(
      freshSession(),
      "Hi",
      bearer(a),
    );
    expect(await today(a)).toBe(0);
  });
});
