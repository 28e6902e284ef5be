import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Env } from "../../src/env";
import { freshSession, worker } from "../support/worker";

/** The namespace with every RPC call to its stubs logged. */
function counted(calls: string[]): Env["CHAT_DO"] {
  const logged = <T extends object>(stub: T): T =>
    new Proxy(stub, {
      get(_, method) {
        const value: unknown = Reflect.get(stub, method);
        if (typeof method === "symbol" || typeof value !== "function") return value;
        return (...args: unknown[]) => {
          calls.push(method);
          return Reflect.apply(value, stub, args);
        };
      },
    });
  return new Proxy(env.CHAT_DO, {
    get: (namespace, property) =>
      property === "getByName" ? (name: string) => logged(namespace.getByName(name)) : Reflect.get(namespace, property),
  });
}

/** Runs a function and counts the rows that the session's object writes meanwhile. */
async function rowsWritten(session: string, run: () => Promise<unknown>): Promise<number> {
  let rows = 0;
  await runInDurableObject(env.CHAT_DO.getByName(session), async (_, { storage }) => {
    const exec = storage.sql.exec.bind(storage.sql);
    Object.assign(storage.sql, {
      exec: (...args: Parameters<typeof exec>) => {
        const cursor = exec(...args);
        rows += cursor.rowsWritten;
        return cursor;
      },
    });
  });
  await run();
  return rows;
}

describe("ChatDO", () => {
  it("reads a session of the first version as messages 1 to 40, once", async () => {
    const session = freshSession();
    const stub = env.CHAT_DO.getByName(session);
    const history = Array.from({ length: 40 }, (_, index) => ({
      role: index % 2 ? "assistant" : "user",
      content: `old ${index + 1}`,
    }));
    await runInDurableObject(stub, async (_, { storage }) => {
      await storage.deleteAll();
      await storage.put("history", history);
    });
    await evictDurableObject(stub);
    const expected = history.map(({ role, content }) => `${role}: ${content}`);
    expect(await worker().transcript(session)).toEqual(expected);
    await evictDurableObject(stub);
    expect(await worker().transcript(session)).toEqual(expected);
    await runInDurableObject(stub, async (_, { storage }) => {
      expect(await storage.get("history")).toBeUndefined();
    });
  });

  it("skips what is no message in a session of the first version", async () => {
    const session = freshSession();
    const stub = env.CHAT_DO.getByName(session);
    await runInDurableObject(stub, async (_, { storage }) => {
      await storage.deleteAll();
      const junk = [
        null,
        7,
        "text",
        {},
        { role: "wizard", content: "x" },
        { role: "user" },
        { role: "user", content: 1 },
      ];
      await storage.put("history", [...junk, { role: "user", content: "kept \ud800", extra: true }]);
    });
    await evictDurableObject(stub);
    expect(await worker().transcript(session)).toEqual(["user: kept \ufffd"]);
  });

  it("is asked in one call and 5 rows or fewer, with 10,000 messages as with one", async () => {
    for (const size of [1, 10_000]) {
      const session = freshSession();
      const stub = env.CHAT_DO.getByName(session);
      for (let at = 0; at < size; at += 1_000) {
        await stub.append(
          Array.from({ length: Math.min(size, 1_000) }, (_, index) => ({
            role: "user",
            content: `message ${at + index}`,
          })),
        );
      }
      await stub.info();
      const calls: string[] = [];
      const rows = await rowsWritten(session, async () => {
        const response = await worker({ CHAT_DO: counted(calls) }).ask(session, "How many?");
        expect(response.status).toBe(200);
      });
      expect(calls).toEqual(["ask"]);
      expect(rows).toBeGreaterThan(0);
      expect(rows).toBeLessThanOrEqual(5);
    }
  });
});
