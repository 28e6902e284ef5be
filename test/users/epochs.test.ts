import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { eventually } from "../support/eventually";
import { factsOf } from "../support/facts";
import {
  asks,
  beforeReply,
  copyOf,
  down,
  freshUser,
  later,
  owes,
  PATIENT,
  remove,
  replaced,
  ringLater,
  sessionObject,
  told,
  userObject,
} from "../support/users";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

const llamory = worker(PATIENT);
const appends = (session: string, userId: string, content = "I like figs.") =>
  llamory.post(`/sessions/${session}/messages`, { userId, messages: [{ role: "user", content }] });
const deletes = async (user: string) => expect((await remove(`/users/${user}`)).status).toBe(200);
const settled = (session: string) => eventually(async () => expect(await owes(session)).toBe(false));

describe("clocks that disagree", () => {
  it("delete no acknowledged append: the session's clock is behind, and the user was deleted a moment ago", async () => {
    const [user, session] = [freshUser(), freshSession()];
    await appends(freshSession(), user);
    await deletes(user);
    expect((await later(-60_000, () => appends(session, user))).status).toBe(201);
    await settled(session);
    expect(await llamory.transcript(session)).toEqual(["user: I like figs."]);
    expect(await copyOf(user)).toEqual(["I like figs."]);
  });

  it("keep nothing of a deleted user: the session's clock is ahead, and its user's object was sent nothing yet", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const tell = replaced("tell", down);
    expect((await later(60_000, () => appends(session, user))).status).toBe(201);
    await eventually(() => expect(tell).toHaveBeenCalled());
    await deletes(user);
    expect(await llamory.transcript(session)).toEqual([]);
    vi.restoreAllMocks();
    await later(120_000, () => ringLater(session));
    expect(await copyOf(user)).toEqual([]);
  });
});

describe("a session that its user's object has not answered", () => {
  it("is listed before it stores its first turn, and deleted with its user", async () => {
    const [user, session] = [freshUser(), freshSession()];
    replaced("memory", down);
    const tell = replaced("tell", down);
    expect((await asks(session, user, "I like figs.")).status).toBe(200);
    await eventually(() => expect(tell).toHaveBeenCalled());
    await deletes(user);
    expect(await llamory.transcript(session)).toEqual([]);
  });

  it("stores nothing for the user while that object is down, and says so; one that is listed goes on", async () => {
    const [user, session] = [freshUser(), freshSession()];
    await asks(session, user, "I like figs.");
    for (const method of ["memory", "open", "tell"] as const) replaced(method, down);
    const fresh = freshSession();
    for (const stream of [false, true]) {
      const refused = await asks(fresh, user, "I like plums.", { stream });
      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({ code: "user_unreachable" });
    }
    expect((await appends(fresh, user)).status).toBe(503);
    expect(await llamory.transcript(fresh)).toEqual([]);
    expect((await asks(session, user, "And now?")).status).toBe(200);
    expect((await appends(session, user)).status).toBe(201);
  });

  it.each([
    ["the user is deleted", (user: string, _: string) => remove(`/users/${user}`), "user_being_deleted"],
    ["it is reset", (_: string, sessionId: string) => llamory.post("/reset", { sessionId }), "turn_cancelled"],
  ])("refuses an append that waits for the answer where meanwhile %s", async (_, end, code) => {
    const [user, session] = [freshUser(), freshSession()];
    beforeReply("open", () => end(user, session));
    const refused = await appends(session, user);
    expect(await refused.json()).toMatchObject({ status: 409, code });
    expect(await llamory.transcript(session)).toEqual([]);
    expect((await appends(session, user)).status).toBe(201);
    await settled(session);
    expect(await copyOf(user)).toEqual(["I like figs."]);
  });
});

describe("a reply of an epoch that is over", () => {
  it("deletes nothing of a session that has begun anew", async () => {
    const { user, session } = await told();
    const owner = () =>
      runInDurableObject(sessionObject(session), (_, { storage }) =>
        String(storage.sql.exec("SELECT note FROM due WHERE task = 'tell'").one().note),
      );
    const { epoch }: { epoch: string } = JSON.parse(await owner());
    await userObject(user).forget(session, epoch);
    beforeReply("memory", async () => {
      await llamory.post("/reset", { sessionId: session });
      expect((await appends(session, user, "Anew.")).status).toBe(201);
    });
    expect((await asks(session, user, "What is my secret?")).status).toBe(409);
    await eventually(async () => expect(await llamory.transcript(session)).toEqual(["user: Anew."]));
    await settled(session);
    expect((await asks(session, user, "And now?")).status).toBe(200);
    expect(await llamory.transcript(session)).toHaveLength(3);
    expect(await copyOf(user)).toContain("Anew.");
  });

  it("neither is a session with another epoch forgotten by what is late", async () => {
    const { user, session } = await told();
    expect(await userObject(user).forget(session, "another")).toMatchObject({ ok: true });
    expect(await copyOf(user)).toContain("My secret is mango.");
  });
});

it("sessions and users that version 2.0.0 stored go on: those deleted stay deleted", async () => {
  const { user, session, other } = await told();
  await evictDurableObject(userObject(user));
  await runInDurableObject(userObject(user), (_, { storage }) => {
    storage.sql.exec(`ALTER TABLE sessions RENAME COLUMN epoch TO life;
      ALTER TABLE sessions DROP COLUMN opened_at;
      DROP INDEX sessions_by_backlog;
      ALTER TABLE sessions DROP COLUMN backlog;
      DROP TABLE fact_vectors;
      ALTER TABLE sessions ADD COLUMN gone TEXT;
      ALTER TABLE sessions ADD COLUMN gone_at INTEGER;
      DROP INDEX runs_by_session;
      DROP TABLE facts;
      CREATE TABLE facts (number INTEGER PRIMARY KEY, id TEXT NOT NULL, text TEXT NOT NULL, tokens INTEGER NOT NULL,
        session TEXT, seq INTEGER, learnt INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
      INSERT INTO facts VALUES (1, 'own', 'Likes figs.', 5, '${session}', 1, 0, 1, 1),
        (2, 'learnt', 'Has a mango.', 5, '${session}', 1, 1, 2, 2), (3, 'other', 'Has figs.', 5, '${other}', 1, 1, 3, 3);
      INSERT INTO sessions (id, life, gone, gone_at) VALUES ('deleted', 'one', 'one', 1);
      INSERT INTO meta (key, value) VALUES ('deleted_at', 1);
      UPDATE meta SET value = 2 WHERE key = 'user_schema'`);
  });
  await runInDurableObject(sessionObject(session), (_, { storage }) => {
    storage.sql.exec(`UPDATE due SET note = json_remove(json_set(note, '$.life', json_object('id', note ->> 'epoch',
      'since', 1)), '$.epoch') WHERE task = 'tell'`);
  });
  await evictDurableObject(userObject(user));
  await evictDurableObject(sessionObject(session));
  expect((await asks(session, user, "And now?")).status).toBe(200);
  await settled(session);
  expect(await copyOf(user)).toContain("And now?");
  const late = { sessionId: "deleted", epoch: "one", from: 1, to: 0, messages: [] };
  expect(await userObject(user).tell(late)).toBe("gone");
  expect(await factsOf(user)).toMatchObject([
    { id: "other", writtenBy: "model", sources: [{ sessionId: other, seq: 1 }] },
    { id: "learnt", writtenBy: "model", sources: [{ sessionId: session, seq: 1 }] },
    { id: "own", writtenBy: "person", sources: [{ sessionId: session, seq: 1 }] },
  ]);
  await remove(`/sessions/${session}`);
  expect((await factsOf(user)).map(({ id }) => id)).toEqual(["other", "own"]);
  await deletes(user);
  expect([await llamory.transcript(session), await llamory.transcript(other)]).toEqual([[], []]);
});
