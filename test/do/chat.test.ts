import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { counted, countRows } from "../support/counted";
import { freshSession, worker } from "../support/worker";

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
      await stub.info("");
      const calls: string[] = [];
      const rows = await countRows(session);
      const response = await worker({ CHAT_DO: counted(calls) }).ask(session, "How many?");
      expect(response.status).toBe(200);
      expect(calls).toEqual(["ask"]);
      const { written } = await rows();
      expect(written).toBeGreaterThan(0);
      expect(written).toBeLessThanOrEqual(5);
    }
  });
});
