/** The entries of sessions in their tenant's directory: when they are updated. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { countRowsOf } from "../support/counted";
import { expectUnlisted, intercepted, listedTenant, SECRET, spyOnUpdates, tenant } from "../support/directory";
import { eventually } from "../support/eventually";
import { setFor } from "../support/keep-for";
import { loseObject } from "../support/lose";
import { PLAYED, scripted } from "../support/scripted-model";
import { down, everythingIn, later } from "../support/users";

afterEach(() => vi.restoreAllMocks());

const HOUR_MS = 3_600_000;

describe("an ask", () => {
  it("calls the directory never, writes a row for it in its first turn and once an hour, and no row otherwise", async () => {
    const own = await tenant();
    const updates = spyOnUpdates();
    const countsOf = async (id: string) => {
      const counts: number[] = [];
      const asks = async (after: number) => {
        const rows = await countRowsOf(own.session(id));
        await later(after, () => own.ask(id, "Hello?"));
        counts.push((await rows()).written);
      };
      for (const after of [0, 0]) await asks(after);
      await own.ring(id);
      for (const after of [HOUR_MS, HOUR_MS]) await asks(after);
      return counts;
    };
    const on = await countsOf("a");
    expect(updates("a")).toBe(1);
    await setFor(own.session("b"), "DIRECTORY", "off");
    await evictDurableObject(own.session("b"));
    const off = await countsOf("b");
    expect(on.map((rows, at) => rows - (off[at] ?? 0))).toEqual([1, 0, 1, 0]);
    expect(updates("a", "b")).toBe(1);
    expect(await own.listed()).toHaveLength(1);
  });

  it("updates the entry once an hour, with the counts of then", async () => {
    const own = await listedTenant();
    const updates = spyOnUpdates();
    const dueAt = () =>
      runInDurableObject(own.session("a"), (_, { storage }) => {
        const query = "SELECT at FROM due WHERE task = 'list'";
        return storage.sql.exec<{ at: number | null }>(query).one().at;
      });
    expect(await dueAt()).toBeNull();
    for (const question of ["One?", "Two?", "Three?"]) await own.ask("a", question);
    const wait = ((await dueAt()) ?? 0) - Date.now();
    expect(wait).toBeGreaterThan(HOUR_MS / 2);
    await runInDurableObject(own.session("a"), (object) => later(wait - 10_000, () => object.alarm()));
    expect(updates("a")).toBe(0);
    await runInDurableObject(own.session("a"), (object) => later(wait + 10_000, () => object.alarm()));
    expect(updates("a")).toBe(1);
    expect(await own.listed()).toMatchObject([{ messages: 8, title: SECRET }]);
  });

  it("that is stored while an update is on its way is part of the next one", async () => {
    const own = await listedTenant();
    await own.ask("a", "One?");
    const sent = intercepted(
      "list",
      async (real) => {
        await own.ask("a", "Two?");
        return real();
      },
      "one",
    );
    await own.ring("a");
    expect(await own.listed()).toMatchObject([{ messages: 4 }]);
    await runInDurableObject(own.session("a"), (object) => later(3 * HOUR_MS, () => object.alarm()));
    expect(sent).toHaveBeenCalledTimes(2);
    expect(await own.listed()).toMatchObject([{ messages: 6 }]);
  });
});

describe("the entry of a session", () => {
  it("shows a new title, a new user and the end of a deleted question at once", async () => {
    const own = await tenant();
    const messages = [
      { role: "user", content: "First mango question" },
      { role: "user", content: "Second question" },
    ];
    await own.send("POST", "/sessions/a/messages", { messages });
    await own.ring("a");
    const now = async () => {
      await runInDurableObject(own.session("a"), (object) => object.alarm());
      return own.listed();
    };
    await own.ask("a", "Hello?", "ana");
    expect(await now()).toMatchObject([{ userId: "ana", messages: 4, title: "First mango question" }]);
    await own.remove("/sessions/a/messages/1");
    expect(await now()).toMatchObject([{ messages: 3, title: "Second question" }]);
    expect(await everythingIn(own.object)).not.toContain("mango");
    await own.send("PATCH", "/sessions/a", { title: "Bees" });
    expect(await now()).toMatchObject([{ title: "Bees" }]);
    expect((await own.users()).data).toMatchObject([{ userId: "ana", sessions: 1 }]);
  });

  it("enters for imports and forks", async () => {
    const own = await listedTenant();
    const forked = await own.send("POST", "/sessions/a/fork", { sessionId: "b" });
    expect(forked.status).toBe(201);
    const lines =
      '{"llamory":"session","version":1,"title":"Old"}\n{"message":{"role":"user","content":"x","createdAt":"2026-01-01T00:00:00.000Z"}}\n{"end":{"messages":1}}\n';
    const headers = { ...own.headers, "content-type": "application/x-ndjson" };
    await own.llamory.fetch("/sessions/c/import", { method: "POST", headers, body: lines });
    for (const id of ["b", "c"]) await own.ring(id);
    const ids = (await own.listed()).map(({ sessionId, userId, title }) => [sessionId, userId, title]);
    expect(ids.sort()).toEqual([
      ["a", "ana", SECRET],
      ["b", "ana", SECRET],
      ["c", undefined, "Old"],
    ]);
    expect((await own.users()).data).toMatchObject([{ userId: "ana", sessions: 2 }]);
  });

  it("enters when a session that was stored before the directory existed is next written to", async () => {
    const own = await tenant();
    await own.ask("a", SECRET);
    await runInDurableObject(own.session("a"), async (_, { storage }) => {
      storage.sql.exec("DELETE FROM due");
      await storage.deleteAlarm();
    });
    await evictDurableObject(own.session("a"));
    await own.ring("a");
    expect(await own.listed()).toEqual([]);
    await own.ask("a", "And now?");
    await own.ring("a");
    expect(await own.listed()).toMatchObject([{ sessionId: "a", messages: 4 }]);
  });

  it("is sent again if the tenant's object does not answer, or the session is lost", async () => {
    const own = await tenant();
    await own.ask("a", SECRET);
    const list = intercepted("list", down);
    await own.ring("a");
    await own.ring("a", 2);
    expect(list.mock.calls.filter((call) => JSON.stringify(call).includes('"a"'))).toHaveLength(2);
    vi.restoreAllMocks();
    intercepted("list", () => loseObject(own.session("a")));
    await own.ring("a", 3).catch(() => {});
    vi.restoreAllMocks();
    await own.ring("a", 3);
    expect(await own.listed()).toMatchObject([{ sessionId: "a" }]);
  });

  it("is removed by the next write where the directory was switched off", async () => {
    const own = await listedTenant();
    await setFor(own.session("a"), "DIRECTORY", "off");
    await evictDurableObject(own.session("a"));
    await own.ask("a", "Hello?");
    await own.ring("a");
    await expectUnlisted(own);
  });

  it("leaves with the only turn, and where it fails before its first text", async () => {
    const own = await listedTenant();
    const [turn] = await runInDurableObject(own.session("a"), (_, { storage }) =>
      storage.sql.exec<{ id: string }>("SELECT id FROM turns").toArray(),
    );
    await own.remove(`/sessions/a/turns/${turn?.id}`);
    await own.ring("a");
    await expectUnlisted(own);
    const model = await scripted(`${own.name}/b`, PLAYED);
    const asked = own.send("POST", "/ask", { sessionId: "b", question: SECRET, stream: true });
    await model.called();
    await eventually(async () => expect(await everythingIn(own.session("b"))).toContain("mango"));
    await own.ring("b");
    expect(await own.listed()).toMatchObject([{ sessionId: "b", messages: 1 }]);
    await own.send("POST", "/reset", { sessionId: "b" });
    await (await asked).text();
    await expectUnlisted(own);
  });
});
