import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Env } from "../../src/env";
import { freshSession, worker } from "../support/worker";

const budget = { context: 1_000, recall: 0 };

/** Calls of methods, logged. */
function logged<T extends object>(target: T, calls: string[]): T {
  return new Proxy(target, {
    get(_, method) {
      const value = Reflect.get(target, method);
      if (typeof method === "symbol" || typeof value !== "function") return value;
      return async (...args: unknown[]) => {
        calls.push(method);
        const result = await Reflect.apply(value, target, args);
        if (result?.turn) Object.defineProperty(result, "turn", { value: logged(result.turn, calls) });
        return result;
      };
    },
  });
}

/** The namespace with every RPC call logged: to its stubs, and to the turns that they open. */
function counted(calls: string[]): Env["CHAT_DO"] {
  return new Proxy(env.CHAT_DO, {
    get: (namespace, property) =>
      property === "getByName"
        ? (name: string) => logged(namespace.getByName(name), calls)
        : Reflect.get(namespace, property),
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

  it("keeps a session across evictions", async () => {
    const session = freshSession();
    await worker().ask(session, "My name is Ana.");
    await evictDurableObject(env.CHAT_DO.getByName(session));
    const { answer } = await (await worker().ask(session, "What is my name?")).json<{ answer: string }>();
    expect(answer).toContain("Ana");
  });

  it("gives its turn to the next in line when the one that has it goes away", async () => {
    const stub = env.CHAT_DO.getByName(freshSession());
    const first = await stub.openTurn({ question: "one", budget });
    const second = stub.openTurn({ question: "two", budget });
    first[Symbol.dispose]();
    using opening = await second;
    expect(opening).toMatchObject({ state: "open", context: { total: 0 } });
  });

  it("is asked in 2 calls and 6 rows or fewer, with 10,000 messages as with none", async () => {
    for (const size of [0, 10_000]) {
      const session = freshSession();
      const stub = env.CHAT_DO.getByName(session);
      for (let at = 0; at < size; at += 1_000) {
        await stub.append(
          Array.from({ length: 1_000 }, (_, index) => ({ role: "user", content: `message ${at + index}` })),
        );
      }
      await stub.info();
      const calls: string[] = [];
      const rows = await rowsWritten(session, async () => {
        const response = await worker({ CHAT_DO: counted(calls) }).ask(session, "How many?");
        expect(response.status).toBe(200);
      });
      expect(calls).toEqual(["openTurn", "commit"]);
      expect(rows).toBeGreaterThan(0);
      expect(rows).toBeLessThanOrEqual(6);
    }
  });
});
