import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { TenantDO } from "../../src/do/tenant";
import { TenantDirectory } from "../../src/do/tenant/tenant-directory";
import { spyOnUpdates, tenant } from "../support/directory";
import { scripted } from "../support/scripted-model";
import { later } from "../support/users";

afterEach(() => vi.restoreAllMocks());

const day = (of: number) => new Date(Date.UTC(2026, 0, of)).toISOString();

/** Stores a session with one message of a day. */
async function stored({ send }: Awaited<ReturnType<typeof tenant>>, id: string, of: number, userId?: string) {
  const messages = [{ role: "user", content: `Question of day ${of}`, createdAt: day(of) }];
  expect((await send("POST", `/sessions/${id}/messages`, { messages, userId })).status).toBe(201);
}

describe("GET /sessions", () => {
  it("lists the sessions of the tenant with user, title, counts and times, newest first, and no other tenant's", async () => {
    const [own, other] = [await tenant(), await tenant()];
    await stored(own, "a", 2, "jürgen~1");
    await stored(own, "b", 3);
    await stored(own, "c", 1, "ana");
    await stored(other, "d", 4);
    for (const id of ["a", "b", "c"]) await own.ring(id);
    await other.ring("d");
    const listed = (sessionId: string, of: number, more = {}) => ({
      ...{ sessionId, title: `Question of day ${of}`, messages: 1, firstAt: day(of), lastAt: day(of) },
      ...more,
    });
    expect(await own.listed()).toEqual([
      listed("b", 3),
      listed("a", 2, { userId: "jürgen~1" }),
      listed("c", 1, { userId: "ana" }),
    ]);
    expect((await own.users()).data).toEqual([
      { userId: "jürgen~1", sessions: 1, lastAt: day(2) },
      { userId: "ana", sessions: 1, lastAt: day(1) },
    ]);
    expect((await other.listed()).map(({ sessionId }) => sessionId)).toEqual(["d"]);
  });

  it("returns pages that contain each entry once, also among equal times", async () => {
    const own = await tenant();
    const ids = Array.from({ length: 7 }, (_, at) => `s${at}`);
    for (const [at, id] of ids.entries()) await stored(own, id, 1 + (at >> 2), `u${at}`);
    for (const id of ids) await own.ring(id);
    for (const limit of [1, 3, 7, 8]) {
      const [seen, users]: string[][] = [[], []];
      for (let query = `?limit=${limit}`; query !== ""; ) {
        const { data, nextCursor } = await own.page(query);
        expect(data.length).toBeLessThanOrEqual(limit);
        seen?.push(...data.map(({ sessionId }) => sessionId));
        query = nextCursor === null ? "" : `?limit=${limit}&cursor=${encodeURIComponent(nextCursor)}`;
      }
      for (let query = `?limit=${limit}`; query !== ""; ) {
        const { data, nextCursor } = await own.users(query);
        users?.push(...data.map(({ userId }) => userId));
        query = nextCursor === null ? "" : `?limit=${limit}&cursor=${encodeURIComponent(nextCursor)}`;
      }
      expect(seen).toEqual(["s4", "s5", "s6", "s0", "s1", "s2", "s3"]);
      expect(users).toEqual(["u4", "u5", "u6", "u0", "u1", "u2", "u3"]);
    }
  });

  it.each(["?limit=0", "?limit=101", "?cursor=x", "?cursor=1", "?limit=x", "?cursor=1~a&cursor=2~b"])(
    "refuses %s",
    async (query) => {
      const own = await tenant();
      for (const path of ["/sessions", "/users"])
        expect((await own.llamory.raw(path + query, { headers: own.headers })).status).toBe(400);
    },
  );

  it("lists no session of a failed ask, without messages, or that exists only for a response", async () => {
    const own = await tenant();
    await scripted(`${own.name}/failed`, new Error("5016: no"));
    expect((await own.ask("failed", "Hello?")).status).toBe(502);
    await own.send("PATCH", "/sessions/titled", { title: "Bees" });
    expect((await own.send("POST", "/v1/responses", { model: "llama", input: "Hello?" })).status).toBe(200);
    await stored(own, "named", 1);
    const updates = spyOnUpdates();
    for (const id of ["failed", "titled", "named"]) await own.ring(id);
    expect((await own.listed()).map(({ sessionId }) => sessionId)).toEqual(["named"]);
    expect(updates("failed", "titled", "named")).toBe(1);
  });

  it("is refused with `directory_off` where the directory is off", async () => {
    const own = await tenant({ DIRECTORY: "off" });
    for (const path of ["/sessions", "/users"]) {
      const refused = await own.send("GET", path);
      expect([refused.status, await refused.json()]).toMatchObject([404, { code: "directory_off" }]);
    }
  });
});

describe("the directory", () => {
  const update = (sessionId: string, at: number, more = {}) => ({
    ...{ sessionId, start: `start of ${sessionId}`, version: 1, userId: null, title: "t", messages: 1 },
    ...{ firstAt: at, lastAt: at, ...more },
  });

  it("drops the sessions that were used first when it is full, also from their users", async () => {
    const { object } = await tenant();
    await runInDurableObject(object, (_, { storage }) => {
      const directory = new TenantDirectory(storage, 300_000);
      for (let at = 0; at < 3_000; at += 1)
        directory.list(update(`s${at}`, at, { userId: `u${at % 7}`, title: "x".repeat(200) }));
      const left = directory.sessions(5_000, { lastAt: Number.MAX_SAFE_INTEGER, id: "" });
      expect(left[0]?.sessionId).toBe("s2999");
      expect(left.length).toBeGreaterThan(200);
      expect(storage.sql.databaseSize).toBeLessThan(400_000);
      const users = directory.users(10, { lastAt: Number.MAX_SAFE_INTEGER, id: "" });
      expect(users.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(left.length);
    });
  });

  it("reads as many rows for a page in the middle as for the first one", async () => {
    const { object } = await tenant();
    await runInDurableObject(object, (_, { storage }) => {
      const directory = new TenantDirectory(storage);
      for (let at = 0; at < 2_000; at += 1) directory.list(update(`s${at}`, at, { userId: `u${at}` }));
      const { exec } = storage.sql;
      const read = (run: () => unknown) => {
        const cursors: { rowsRead: number }[] = [];
        const spy = vi.spyOn(storage.sql, "exec").mockImplementation((...args: Parameters<typeof exec>) => {
          const cursor = Reflect.apply(exec, storage.sql, args);
          cursors.push(cursor);
          return cursor;
        });
        run();
        spy.mockRestore();
        return cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
      };
      for (const list of [directory.sessions, directory.users]) {
        expect(read(() => Reflect.apply(list, directory, [50, { lastAt: 1_000, id: "s" }]))).toBeLessThanOrEqual(110);
      }
    });
  });

  it("keeps the starts of deleted sessions for a day", async () => {
    const { object } = await tenant();
    await object.list(update("a", 1));
    await object.unlist("a", "start of a");
    expect(await object.list(update("a", 1, { version: 2 }))).toBe(false);
    const rows = () =>
      runInDurableObject(object, (_, { storage }) => storage.sql.exec("SELECT * FROM ended").toArray().length);
    const alarm = (ms: number) => runInDurableObject(object, (tenant: TenantDO) => later(ms, () => tenant.alarm()));
    await alarm(80_000_000);
    expect(await rows()).toBe(1);
    await alarm(86_500_000);
    expect(await rows()).toBe(0);
  });
});
