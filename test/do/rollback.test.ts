/** Tests tables and tasks of newer code that remain in an object after a rollback to earlier code. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { TenantDO } from "../../src/do/tenant";
import { eventually } from "../support/eventually";
import { copyOf, down, freshUser, later, owes, PATIENT, replaced, sessionObject, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);
const HOUR_MS = 3_600_000;

const run = (object: DurableObjectStub, statement: string) =>
  runInDurableObject(object, (_, { storage }) => {
    storage.sql.exec(statement);
  });

const alarmOf = (object: DurableObjectStub) => runInDurableObject(object, (_, { storage }) => storage.getAlarm());

/** Simulates a schema step of newer code that this code lacks, or reverts it. */
async function schema(object: DurableObjectStub, key: string, steps: string): Promise<void> {
  await run(object, `UPDATE meta SET value = value ${steps} WHERE key = '${key}'`);
  await evictDurableObject(object);
}

/** Creates a session whose user's object has not answered yet. */
async function untold() {
  const [session, user] = [freshSession(), freshUser()];
  const tell = replaced("tell", down);
  await llamory.post("/ask", { sessionId: session, userId: user, question: "My secret is mango." });
  await eventually(() => expect(tell).toHaveBeenCalled());
  tell.mockRestore();
  return { session, user };
}

const HEAD = '{"llamory":"session","version":1}';

const sessionRoutes = (session: string): [method: string, path: string, body?: object | string][] => [
  ["GET", `/sessions/${session}`],
  ["GET", `/sessions/${session}/messages`],
  ["GET", `/sessions/${session}/search?q=secret`],
  ["GET", `/sessions/${session}/export`],
  ["GET", `/sessions/${session}/turns/t1`],
  ["GET", `/sessions/${session}/turns/t1/stream`],
  ["POST", `/sessions/${session}/turns/t1/cancel`],
  ["DELETE", `/sessions/${session}/turns/t1`],
  ["DELETE", `/sessions/${session}/messages/1`],
  ["POST", `/sessions/${session}/context`, { question: "Hello?" }],
  ["POST", `/sessions/${session}/messages`, { messages: [{ role: "user", content: "x" }] }],
  ["POST", `/sessions/${session}/import`, `${HEAD}\n{"end":{"messages":0}}`],
  ["PATCH", `/sessions/${session}`, { title: "Other" }],
  ["POST", "/ask", { sessionId: session, question: "Hello?" }],
  ["POST", "/ask", { sessionId: session, question: "Hello?", stream: true }],
  ["POST", "/v1/responses", { conversation: session, input: "Hello?" }],
  ["POST", "/reset", { sessionId: session }],
  ["DELETE", `/sessions/${session}`],
];

const userRoutes = (user: string): [method: string, path: string, body?: object][] => [
  ["GET", `/users/${user}/sessions`],
  ["GET", `/users/${user}/search?q=secret`],
  ["GET", `/users/${user}/facts`],
  ["GET", `/users/${user}/export`],
  ["POST", `/users/${user}/facts`, { text: "Likes figs." }],
  ["DELETE", `/users/${user}`],
];

async function expectTooNew(routes: [method: string, path: string, body?: object | string][]): Promise<void> {
  for (const [method, path, body] of routes) {
    const type = typeof body === "string" ? "application/x-ndjson" : "application/json";
    const sent = body && { body: typeof body === "string" ? body : JSON.stringify(body) };
    const response = await llamory.fetch(path, { method, headers: { "content-type": type }, ...sent });
    expect([method, path, response.status]).toEqual([method, path, 503]);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.text()).toContain("schema_too_new");
  }
}

describe("tables that newer code made", () => {
  it("are neither read nor written: every request of the session fails, and all is there for the newer code", async () => {
    const session = freshSession();
    await llamory.ask(session, "My secret is mango.", { "idempotency-key": "k" });
    const before = await llamory.transcript(session);
    const object = sessionObject(session);
    await schema(object, "schema", "+ 1");
    await expectTooNew(sessionRoutes(session));
    await schema(object, "schema", "- 1");
    expect(await llamory.transcript(session)).toEqual(before);
    expect((await llamory.ask(session, "And now?")).status).toBe(200);
  });

  it("keep their tasks: the alarm looks again every hour", async () => {
    const { session, user } = await untold();
    const object = sessionObject(session);
    await schema(object, "schema", "+ 1");
    await later(HOUR_MS, async () => {
      expect(await runDurableObjectAlarm(object)).toBe(true);
      expect(Math.round(((await alarmOf(object)) ?? 0) - Date.now()) / HOUR_MS).toBeCloseTo(1, 2);
    });
    await schema(object, "schema", "- 1");
    expect(await owes(session)).toBe(true);
    await later(2 * HOUR_MS, () => runDurableObjectAlarm(object));
    expect(await copyOf(user)).toHaveLength(2);
  });

  it("of a user fail every request of the user, and the user's sessions answer without it", async () => {
    const [session, user] = [freshSession(), freshUser()];
    await llamory.post("/ask", { sessionId: session, userId: user, question: "My secret is mango." });
    await eventually(async () => expect(await copyOf(user)).toHaveLength(2));
    await schema(userObject(user), "user_schema", "+ 1");
    await expectTooNew(userRoutes(user));
    const ask = (sessionId: string) =>
      llamory.post("/ask", { sessionId, userId: user, question: "What is my secret?" });
    expect(await (await ask(session)).json()).toMatchObject({ memory: { user: { answered: false } } });
    // A session that is new to the user needs the user's object.
    expect((await ask(freshSession())).status).toBe(503);
    await schema(userObject(user), "user_schema", "- 1");
    expect(await (await llamory.fetch(`/users/${user}/search?q=mango`)).text()).toContain("My secret is mango.");
  });

  it("of a tenant fail its counting", async () => {
    const object = env.TENANT_DO.getByName(`tenant/${crypto.randomUUID()}`);
    await object.add(10);
    await run(object, "CREATE TABLE meta (key TEXT PRIMARY KEY, value); INSERT INTO meta VALUES ('tenant_schema', 2)");
    await runInDurableObject(object, (instance: TenantDO) => {
      expect(() => instance.today()).toThrow("schema_too_new");
      expect(() => instance.add(1)).toThrow("schema_too_new");
    });
    await run(object, "DROP TABLE meta");
    expect(await object.today()).toBe(10);
  });
});

describe("a task that the code does not know", () => {
  it.each(["compact", "constructor", "__proto__"])("(%s) is kept for an hour, and the others run", async (task) => {
    const { session, user } = await untold();
    const object = sessionObject(session);
    await run(object, `INSERT INTO due (task, at, note) VALUES ('${task}', 1, '{"of":"newer code"}')`);
    const logged = vi.spyOn(console, "error");
    await later(HOUR_MS, async () => {
      expect(await runDurableObjectAlarm(object)).toBe(true);
      expect(await copyOf(user)).toHaveLength(2);
      const [row] = await runInDurableObject(object, (_, { storage }) =>
        storage.sql.exec<{ at: number; note: string }>("SELECT at, note FROM due WHERE task = ?", task).toArray(),
      );
      expect(row?.note).toBe('{"of":"newer code"}');
      expect((row?.at ?? 0) - Date.now()).toBeGreaterThan(HOUR_MS / 2);
    });
    expect(JSON.stringify(logged.mock.calls)).toContain("task_unknown");
    logged.mockRestore();
  });
});

describe("a task", () => {
  it("whose next time cannot be written does not keep the others from running, and waits a minute", async () => {
    const { session, user } = await untold();
    const object = sessionObject(session);
    await run(object, "INSERT INTO due (task, at) VALUES ('expire', 1)");
    await run(
      object,
      "CREATE TRIGGER broken BEFORE UPDATE ON due WHEN old.task = 'expire' BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
    await later(HOUR_MS, async () => {
      expect(await runDurableObjectAlarm(object)).toBe(true);
      expect(await copyOf(user)).toHaveLength(2);
      const wait = ((await alarmOf(object)) ?? 0) - Date.now();
      expect(wait).toBeGreaterThan(30_000);
    });
  });
});
