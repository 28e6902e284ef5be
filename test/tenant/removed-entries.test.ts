/** The removal of entries from a tenant's directory: by deletions, and in spite of late and failed calls. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { expectUnlisted, intercepted, listedTenant, SECRET, type Tenant, tenant } from "../support/directory";
import { setFor } from "../support/keep-for";
import { loseObject } from "../support/lose";
import { HELD, scripted } from "../support/scripted-model";
import { down, everythingIn, later } from "../support/users";

afterEach(() => vi.restoreAllMocks());

const HOUR_MS = 3_600_000;

/** Returns the tables of a session. */
const tablesOf = (own: Tenant, id: string) =>
  runInDurableObject(own.session(id), (_, { storage }) => storage.sql.exec("SELECT * FROM sqlite_master").toArray());

const DELETIONS: [how: string, run: (own: Tenant) => Promise<unknown>][] = [
  ["DELETE", (own) => own.remove("/sessions/a")],
  ["reset", (own) => own.send("POST", "/reset", { sessionId: "a" })],
  ["the deletion of the user", (own) => own.remove("/users/ana")],
  [
    "the end of its time",
    async (own) => {
      await setFor(own.session("a"), "SESSION_TTL_DAYS", "1");
      await own.ask("a", "And now?");
      await runInDurableObject(own.session("a"), (object) => later(48 * HOUR_MS, () => object.alarm()));
    },
  ],
];

/** Creates a tenant with a listed session `a` that has no user. */
async function withoutUser(): Promise<Tenant> {
  const own = await tenant();
  await own.ask("a", "Hello?");
  await own.ring("a");
  expect(await own.listed()).toHaveLength(1);
  return own;
}

describe("a session that is used while the directory removes its entry", () => {
  it("is deleted with all that it has sent to its new user's object", async () => {
    const own = await withoutUser();
    const asked = Promise.withResolvers<Response>();
    intercepted(
      "unlist",
      async (real) => {
        const done = real();
        asked.resolve(await own.ask("a", SECRET, "ana"));
        return done;
      },
      "one",
    );
    expect((await own.remove("/sessions/a")).status).toBe(200);
    expect((await asked.promise).status).toBe(200);
    vi.restoreAllMocks();
    await own.ring("a");
    expect(await everythingIn(own.session("a"))).not.toContain("mango");
    expect(await everythingIn(own.user("ana"))).not.toContain("mango");
    expect(await own.listed()).toEqual([]);
  });

  it("stays if only its time had ended, and is listed again", async () => {
    const own = await withoutUser();
    await setFor(own.session("a"), "SESSION_TTL_DAYS", "1");
    await own.ask("a", "And now?");
    intercepted(
      "unlist",
      async (real) => {
        const done = real();
        expect((await own.ask("a", SECRET)).status).toBe(200);
        return done;
      },
      "one",
    );
    await runInDurableObject(own.session("a"), (object) => later(48 * HOUR_MS, () => object.alarm()));
    vi.restoreAllMocks();
    expect(await everythingIn(own.session("a"))).toContain("mango");
    await own.ring("a", 50);
    expect(await own.listed()).toMatchObject([{ sessionId: "a", messages: 6 }]);
  });
});

describe.each(DELETIONS)("%s", (how, run) => {
  it("removes the entry of the session, and its user", async () => {
    const own = await listedTenant();
    await run(own);
    await expectUnlisted(own);
    expect(await everythingIn(own.session("a"))).not.toContain("mango");
    if (how !== "reset") expect(await tablesOf(own, "a")).toEqual([]);
    // The session can be used again.
    await own.ask("a", "Hello?");
    await own.ring("a");
    expect(await own.listed()).toMatchObject([{ sessionId: "a", title: "Hello?", messages: 2 }]);
  });

  it("succeeds without the tenant's object, and the alarm removes the entry", async () => {
    const own = await listedTenant();
    const unlist = intercepted("unlist", down);
    await run(own);
    expect(unlist).toHaveBeenCalled();
    expect(await own.llamory.fetch("/sessions/a", { headers: own.headers }).then((read) => read.json())).toMatchObject({
      messages: 0,
      title: null,
    });
    expect(await everythingIn(own.session("a"))).not.toContain("mango");
    await own.ring("a");
    expect(await own.listed()).toHaveLength(1);
    vi.restoreAllMocks();
    await evictDurableObject(own.session("a"));
    await own.ring("a", 72);
    await expectUnlisted(own);
    expect(await tablesOf(own, "a")).toEqual([]);
  });

  it("is finished by the alarm if the session is lost before the entry is removed, and after it", async () => {
    for (const isRemoved of [false, true]) {
      const own = await listedTenant();
      let calls = 0;
      intercepted("unlist", async (real) => {
        calls += 1;
        if (calls > 1) throw new Error("down");
        if (isRemoved) real();
        await loseObject(own.session("a"));
      });
      await run(own).catch(() => {});
      await loseObject(own.session("a"));
      vi.restoreAllMocks();
      await runInDurableObject(own.session("a"), (object) => later(72 * HOUR_MS, () => object.alarm()));
      await runInDurableObject(own.user("ana"), (object) => later(HOUR_MS, () => object.alarm()));
      await expectUnlisted(own);
      expect(await everythingIn(own.session("a"))).not.toContain("mango");
    }
  });

  it("is not undone by an update that arrives later", async () => {
    const own = await listedTenant();
    const late: (() => unknown)[] = [];
    intercepted("list", (real) => late.push(real) > 0);
    await own.ask("a", "Hello?");
    await own.ring("a");
    vi.restoreAllMocks();
    await run(own);
    await own.ask("a", "Plums?", "bea");
    await own.ring("a");
    expect(late).toHaveLength(1);
    await runInDurableObject(own.object, () => late[0]?.());
    expect(await own.listed()).toMatchObject([{ title: "Plums?", userId: "bea", messages: 2 }]);
    expect(await everythingIn(own.object)).not.toContain("mango");
  });
});

describe("an update", () => {
  it("that overtakes an earlier one is not overwritten by it", async () => {
    const own = await listedTenant();
    const late: (() => unknown)[] = [];
    intercepted("list", (real) => late.push(real) > 0, "one");
    await own.send("PATCH", "/sessions/a", { title: "Old title" });
    await own.ring("a");
    await own.send("PATCH", "/sessions/a", { title: "New title" });
    await own.ring("a");
    await runInDurableObject(own.object, () => late[0]?.());
    expect(await own.listed()).toMatchObject([{ title: "New title" }]);
  });

  it("of a session that was emptied while the tenant's object was down replaces the old entry", async () => {
    const own = await listedTenant();
    intercepted("unlist", down);
    await own.remove("/sessions/a");
    await own.ask("a", "Plums?");
    vi.restoreAllMocks();
    await own.ring("a");
    expect(await own.listed()).toMatchObject([{ sessionId: "a", title: "Plums?", messages: 2 }]);
    expect((await own.users()).data).toEqual([]);
    expect(await everythingIn(own.object)).not.toContain("mango");
  });

  it("of a session that is used again while its entry is removed lists the session again", async () => {
    const own = await listedTenant();
    const model = await scripted(`${own.name}/a`, HELD);
    const asked = own.ask("a", "Held?");
    await model.called();
    intercepted("unlist", down, "one");
    await own.remove("/sessions/a");
    await model.go();
    expect((await asked).status).toBe(409);
    intercepted("unlist", async (real) => {
      real();
      await own.ask("a", "Plums?");
      return true;
    });
    await own.ring("a");
    await own.ring("a");
    expect(await own.listed()).toMatchObject([{ sessionId: "a", title: "Plums?" }]);
  });
});
