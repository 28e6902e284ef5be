import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ChatDO } from "../../src/do/chat";
import { eventually } from "../support/eventually";
import { loseObject } from "../support/lose";
import { HELD, PLAYED, scripted } from "../support/scripted-model";
import {
  asks,
  down,
  everythingIn,
  freshSessions,
  freshUser,
  later,
  owes,
  PATIENT,
  remove,
  replaced,
  sessionObject,
  told,
  userObject,
} from "../support/users";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

const llamory = worker(PATIENT);

describe("DELETE /users/:userId", () => {
  const forget = async (user: string) => {
    const response = await remove(`/users/${user}`);
    return { status: response.status, ...(await response.json<Record<string, unknown>>()) };
  };

  it("deletes sessions, copies and facts, and says how much", async () => {
    const { user, session, other } = await told();
    await llamory.post(`/users/${user}/facts`, { text: "Likes mango." });
    expect(await forget(user)).toEqual({ status: 200, ok: true, userId: user, sessions: 2, messages: 4, facts: 1 });
    for (const object of [userObject(user), sessionObject(session), sessionObject(other)]) {
      expect(await everythingIn(object)).not.toMatch(/mango|figs/);
    }
    expect(await forget(user)).toMatchObject({ status: 200, sessions: 0, messages: 0, facts: 0 });
    expect(await (await asks(session, user, "What is my secret?")).text()).not.toContain("mango");
  });

  it("goes on where it broke off, and counts all of it; meanwhile nobody asks as the user", async () => {
    const { user, session, other } = await told();
    const leave = vi.spyOn(ChatDO.prototype, "leave");
    leave.mockImplementationOnce(down);
    expect(await forget(user)).toMatchObject({ status: 503, code: "user_half_deleted" });
    expect((await asks(freshSession(), user, "Hello?")).status).toBe(409);
    expect((await llamory.post(`/users/${user}/facts`, { text: "Likes plums." })).status).toBe(409);
    expect(await forget(user)).toMatchObject({ status: 200, sessions: 2, messages: 4 });
    expect([await llamory.transcript(session), await llamory.transcript(other)]).toEqual([[], []]);
  });

  it("counts each session once where two requests delete the user at the same time", async () => {
    const user = freshUser();
    const sessions = freshSessions(12);
    for (const session of sessions) await asks(session, user, "Hello?");
    for (const session of sessions) await eventually(async () => expect(await owes(session)).toBe(false));
    const real = ChatDO.prototype.leave;
    const leave = vi.spyOn(ChatDO.prototype, "leave");
    // Holds the first sessions until both requests have called them.
    leave.mockImplementation(async function (this: ChatDO, name) {
      await eventually(() => expect(leave.mock.calls.length).toBeGreaterThanOrEqual(16));
      return real.call(this, name);
    });
    const both: Record<string, unknown>[] = await Promise.all([forget(user), forget(user)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(Math.max(...both.map(({ messages }) => Number(messages)))).toBe(24);
  });

  it("goes on after its object was lost in the middle; until then asks say that the user is being deleted", async () => {
    const { user, session, other } = await told();
    const leave = vi.spyOn(ChatDO.prototype, "leave");
    leave.mockImplementation(down).mockImplementationOnce(() => new Promise(() => {}));
    const broken = forget(user);
    await eventually(() => expect(leave).toHaveBeenCalled());
    await loseObject(userObject(user));
    // The Worker repeats the lost call, and a session does not answer.
    expect(await broken).toMatchObject({ status: 503 });
    await loseObject(userObject(user));
    for (const name of [session, freshSession()]) {
      for (const stream of [false, true]) {
        const refused = await asks(name, user, "Hello?", { stream });
        expect(await refused.json()).toMatchObject({ status: 409, code: "user_being_deleted" });
      }
    }
    const appended = await llamory.post(`/sessions/${freshSession()}/messages`, {
      ...{ userId: user, messages: [{ role: "user", content: "Hello?" }] },
    });
    expect(await appended.json()).toMatchObject({ status: 409, code: "user_being_deleted" });
    vi.restoreAllMocks();
    await runInDurableObject(userObject(user), (object) => later(60_000, () => object.alarm()));
    expect([await llamory.transcript(session), await llamory.transcript(other)]).toEqual([[], []]);
    expect(await everythingIn(userObject(user))).not.toMatch(/mango|figs/);
    expect((await asks(session, user, "Hello?")).status).toBe(200);
  });

  it("fails the asks that run with `user_being_deleted`", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const model = await scripted(session, HELD);
    const asked = asks(session, user, "mango");
    await model.called();
    expect(await forget(user)).toMatchObject({ status: 200 });
    await model.go();
    expect(await (await asked).json()).toMatchObject({ status: 409, code: "user_being_deleted" });
  });

  it("goes on by itself where whoever sent it is gone", async () => {
    const { user, session, other } = await told();
    vi.spyOn(ChatDO.prototype, "leave").mockImplementationOnce(down);
    expect(await forget(user)).toMatchObject({ status: 503 });
    await runInDurableObject(userObject(user), (object) => later(60_000, () => object.alarm()));
    expect([await llamory.transcript(session), await llamory.transcript(other)]).toEqual([[], []]);
    expect(await everythingIn(userObject(user))).not.toMatch(/mango|figs/);
  });

  it("deletes a hundred sessions in one request", async () => {
    const user = freshUser();
    const sessions = freshSessions(100);
    for (const session of sessions) await asks(session, user, "mango");
    for (const session of sessions) await eventually(async () => expect(await owes(session)).toBe(false));
    expect(await forget(user)).toMatchObject({ status: 200, sessions: 100, messages: 200 });
  });

  it("leaves nothing of asks that were accepted before its reply: running, waiting, streaming, in sessions new and old", async () => {
    const { user, session } = await told();
    const fresh = freshSessions(6);
    const all = [session, ...fresh];
    const models = await Promise.all(all.map((name, at) => scripted(name, at % 2 ? PLAYED : HELD)));
    const asked = all.flatMap((name, at) => [
      asks(name, user, "mango one", { stream: at % 2 === 1 }),
      asks(name, user, "mango two"),
    ]);
    await Promise.all(models.map((model) => model.called()));
    for (const [at, model] of models.entries()) if (at % 2) await model.say("mango three");
    const deleted = forget(user);
    const late = freshSessions(4).map((name) => ({ name, reply: asks(name, user, "mango four") }));
    expect(await deleted).toMatchObject({ status: 200 });
    for (const model of models) await model.go();
    for (const reply of asked) await (await reply).text();
    const refused = [];
    for (const { name, reply } of late) {
      const { status } = await reply;
      // Messages after the deletion belong to a new user with the same id.
      if (status !== 200) refused.push(name);
    }
    const accepted = [...all, ...refused].map(sessionObject);
    await eventually(async () => {
      for (const object of accepted) expect(await everythingIn(object)).not.toMatch(/mango/);
      expect(await everythingIn(userObject(user))).not.toMatch(/mango (?:one|two|three)/);
    });
  });

  it("leaves nothing of an ask that its object never heard of, once that is told", async () => {
    const [user, session] = [freshUser(), freshSession()];
    replaced("memory", down);
    const model = await scripted(session, HELD);
    const asked = asks(session, user, "mango");
    await model.called();
    vi.restoreAllMocks();
    await later(1_000, () => forget(user));
    await model.go();
    await asked;
    await eventually(async () => expect(await llamory.transcript(session)).toEqual([]));
    expect(await everythingIn(userObject(user))).not.toContain("mango");
  });

  it("leaves no tables of the user, who may begin anew at once", async () => {
    const { user } = await told();
    await forget(user);
    const tables = await runInDurableObject(userObject(user), (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
    );
    expect(tables).toEqual([]);
    expect((await asks(freshSession(), user, "Hello.")).status).toBe(200);
  });
});
