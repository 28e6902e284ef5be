/** An import of a user as a Worker of the free plan runs it, with at most 50 calls of objects, and imports that fail. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ChatDO } from "../../src/do/chat";
import { limitedCalls } from "../support/counted";
import { add, factsOf } from "../support/facts";
import { type Imported, importLines, pages, textOf } from "../support/user-transfer";
import { asks, everythingIn, freshUser, PATIENT, remove, sessionObject, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

const headers = { "content-type": "application/x-ndjson" };
const post = (llamory: ReturnType<typeof worker>, user: string, body: string) =>
  llamory.fetch(`/users/${user}/import`, { method: "POST", headers, body });

/** Returns a page of sessions with a message each. */
function pageOf(ids: string[], ...facts: object[]): string {
  const message = { role: "user", content: "mango", createdAt: "2026-01-01T00:00:00.000Z" };
  const sessions = ids.flatMap((sessionId) => [
    { session: { sessionId } },
    { llamory: "session", version: 1 },
    { message },
    { end: { messages: 1 } },
  ]);
  const end = { end: { sessions: ids.length, facts: facts.length, nextCursor: null } };
  return [{ llamory: "user", version: 1 }, ...sessions, ...facts, end].map((line) => JSON.stringify(line)).join("\n");
}

const freshIds = (count: number) => Array.from({ length: count }, (_, at) => `${freshSession()}-${at}`);

/** Starts a Worker with 50 calls. @returns a function that imports, and the calls so far */
function limited() {
  const { calls, bindings } = limitedCalls();
  const llamory = worker({ ...PATIENT, ...bindings });
  return { calls, import: (user: string, body: string) => post(llamory, user, body) };
}

describe("on the free plan, the import of a user", () => {
  it("takes pages of 40 sessions, with ids that are in use and that are not, several in one request", async () => {
    const [user, other] = [freshUser(), freshUser()];
    const free = limited();
    const ids = freshIds(45).sort();
    const body = [pageOf(ids.slice(0, 40)), pageOf(ids.slice(40))].join("\n");
    expect((await free.import(user, body)).status).toBe(201);
    await add(user, "Keeps bees.", { source: { sessionId: ids[0], seq: 1 } });
    const exported = await pages(user);
    expect(exported.map(({ end }) => end.sessions)).toEqual([40, 5]);
    free.calls.splice(0);
    const again = await free.import(other, exported.map(({ text }) => text).join(""));
    expect(again.status).toBe(201);
    const { sessions } = await again.json<Imported>();
    expect(sessions.map(({ from }) => from)).toEqual(ids);
    expect(await factsOf(other)).toMatchObject([{ sources: [{ sessionId: sessions[0]?.to, seq: 1 }] }]);
    expect(free.calls.length).toBeLessThan(5);
  });

  it("deletes everything again if the last line is wrong", async () => {
    const [user, taken, fresh] = [freshUser(), freshIds(21), freshIds(21)];
    for (const id of taken) await asks(id, freshUser(), "figs");
    const free = limited();
    const broken = pageOf([...taken, ...fresh], { fact: { id: "f", versions: [] } });
    expect((await free.import(user, broken)).status).toBe(400);
    expect(await textOf(user)).not.toContain("mango");
    expect(await everythingIn(userObject(user))).not.toContain("mango");
    for (const id of fresh) expect(await everythingIn(sessionObject(id))).not.toContain("mango");
    for (const id of taken) expect(await everythingIn(sessionObject(id))).toContain("figs");
  });
});

it("an import of a session of 6,000 messages makes less than ten calls", async () => {
  const { calls, bindings } = limitedCalls();
  const llamory = worker({ ...PATIENT, ...bindings });
  const message = { role: "user", content: "mango", createdAt: "2026-01-01T00:00:00.000Z" };
  const lines = [
    { llamory: "session", version: 1 },
    ...Array.from({ length: 6_000 }, () => ({ message })),
    { end: { messages: 6_000 } },
  ];
  const body = lines.map((line) => JSON.stringify(line)).join("\n");
  const path = `/sessions/${freshSession()}/import`;
  expect((await llamory.fetch(path, { method: "POST", headers, body })).status).toBe(201);
  expect(calls.length).toBeLessThan(10);
});

describe("an import of a user that loses a session's object", () => {
  it.each(["before", "after"])("%s it has stored its session, stores nothing", async (when) => {
    const [user, ids] = [freshUser(), freshIds(3)];
    const { importPart } = ChatDO.prototype;
    vi.spyOn(ChatDO.prototype, "importPart").mockImplementation(async function (this: ChatDO, part, owner, limits) {
      if (when === "before" && part.sessionId === ids[1]) throw new Error("lost");
      const stored = await importPart.call(this, part, owner, limits);
      if (part.sessionId === ids[1]) throw new Error("lost");
      return stored;
    });
    const failed = await importLines(user, pageOf(ids));
    expect([failed.status, await failed.json()]).toMatchObject([503, { code: "import_interrupted" }]);
    vi.restoreAllMocks();
    for (const id of ids) expect(await everythingIn(sessionObject(id))).not.toContain("mango");
    expect(await textOf(user)).not.toContain("mango");
    expect((await importLines(user, pageOf(ids))).status).toBe(201);
    expect(await textOf(user)).toContain("mango");
  });

  it("deletes no session that began at the same place meanwhile", async () => {
    const [user, ids] = [freshUser(), freshIds(2)];
    const [id = ""] = ids;
    vi.spyOn(ChatDO.prototype, "importPart").mockRejectedValue(new Error("lost"));
    await asks(id, user, "figs");
    expect((await importLines(user, pageOf(ids))).status).toBe(503);
    vi.restoreAllMocks();
    expect(await everythingIn(sessionObject(id))).toContain("figs");
    await runInDurableObject(sessionObject(id), (object) => object.cancelImport(crypto.randomUUID()));
    expect((await remove(`/sessions/${id}`)).status).toBe(200);
  });
});
