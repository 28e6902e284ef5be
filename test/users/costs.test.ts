import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { UserDO } from "../../src/do/user";
import { counted, countRows, countRowsOf } from "../support/counted";
import { eventually } from "../support/eventually";
import {
  copyOf,
  down,
  freshSessions,
  freshUser,
  owes,
  PATIENT,
  replaced,
  ringLater,
  sessionObject,
  userObject,
} from "../support/users";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

const patient = worker(PATIENT);

describe("an ask with a user", () => {
  it("is three calls of objects: the ask, the user's memory, and one that tells it what was said", async () => {
    const [user, session, calls]: [string, string, string[]] = [freshUser(), freshSession(), []];
    const llamory = worker({ ...PATIENT, CHAT_DO: counted(calls) });
    const memory = vi.spyOn(UserDO.prototype, "memory");
    const tell = vi.spyOn(UserDO.prototype, "tell");
    for (const stream of [false, true]) {
      const response = await llamory.post("/ask", { sessionId: session, userId: user, question: "Hello.", stream });
      await response.text();
      await eventually(async () => expect(await owes(session)).toBe(false));
    }
    const ofUser = (calls: unknown[][]) => calls.filter((call) => JSON.stringify(call).includes(session)).length;
    expect(calls).toEqual(["ask", "ask"]);
    expect(ofUser(memory.mock.calls)).toBe(2);
    expect(ofUser(tell.mock.calls)).toBe(2);
  });

  it.each([false, true])("writes at most two rows more in its session, the first too (stream: %s)", async (stream) => {
    const written = async (userId?: string) => {
      const session = freshSession();
      const rows = await countRows(session);
      const counts: number[] = [];
      for (const question of ["Hello.", "And again."]) {
        await (await patient.post("/ask", { sessionId: session, userId, question, stream })).text();
        if (userId !== undefined) await eventually(async () => expect(await owes(session)).toBe(false));
        counts.push((await rows()).written);
      }
      return counts;
    };
    const [alone, ofUser] = [await written(), await written(freshUser())];
    for (const [at, rows] of ofUser.entries()) expect(rows - (alone[at] ?? 0)).toBeLessThanOrEqual(2);
  });

  it("writes 6 rows in its user's object where its session was the last that was used, and at most 8 otherwise", async () => {
    const [user, [one = "", two = ""]] = [freshUser(), freshSessions(2)];
    const rows = await countRowsOf(userObject(user));
    const counts: number[] = [];
    for (const session of [one, one, two, one, two]) {
      await (await patient.post("/ask", { sessionId: session, userId: user, question: "Hello." })).text();
      await eventually(async () => expect(await owes(session)).toBe(false));
      counts.push((await rows()).written);
    }
    // The first turn also creates the tables.
    expect(counts.slice(1)).toEqual([6, 8, 7, 7]);
  });

  it("calls nobody and writes nothing more where no user is named", async () => {
    const session = freshSession();
    const memory = vi.spyOn(UserDO.prototype, "memory");
    const tell = vi.spyOn(UserDO.prototype, "tell");
    const response = await patient.ask(session, "Hello.");
    expect(await response.json()).not.toHaveProperty("memory.user");
    expect([memory.mock.calls, tell.mock.calls]).toEqual([[], []]);
    const due = await runInDurableObject(sessionObject(session), (_, { storage }) =>
      storage.sql.exec("SELECT task FROM due").toArray(),
    );
    // Only the tenant's directory lists the session later.
    expect(due).toEqual([{ task: "list" }]);
  });
});

describe("a user's object that does not answer", () => {
  it("when it is slow, is not waited for, and the answer says so", async () => {
    const [user, session] = [freshUser(), freshSession()];
    replaced("memory", () => new Promise(() => {}));
    const llamory = worker({ USER_TIMEOUT_MS: "20" });
    const response = await llamory.post("/ask", { sessionId: session, userId: user, question: "Hello." });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ memory: { user: { answered: false, facts: [] }, recalled: [] } });
    const context = await llamory.post(`/sessions/${session}/context`, { userId: user, question: "Hello." });
    expect(await context.json()).toMatchObject({ memory: { user: { answered: false } } });
  });

  it("when it is down, is told by the alarm what it missed, once", async () => {
    const [user, session] = [freshUser(), freshSession()];
    replaced("memory", down);
    const tell = replaced("tell", down);
    const response = await patient.post("/ask", { sessionId: session, userId: user, question: "I like figs." });
    expect(await response.json()).toMatchObject({ answer: expect.any(String), memory: { user: { answered: false } } });
    await eventually(() => expect(tell).toHaveBeenCalledOnce());
    expect(await copyOf(user)).toEqual([]);
    vi.restoreAllMocks();
    expect(await ringLater(session)).toBe(true);
    expect(await copyOf(user)).toEqual(["I like figs.", "Noted. I will remember that."]);
    expect(await owes(session)).toBe(false);
  });
});
