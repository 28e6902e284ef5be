import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { countRowsOf } from "../support/counted";
import { eventually } from "../support/eventually";
import { scripted } from "../support/scripted-model";
import {
  asks,
  copyOf,
  down,
  freshSessions,
  freshUser,
  later,
  opened,
  owes,
  remove,
  replaced,
  told,
  userObject,
} from "../support/users";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

const llamory = worker();
const DAY = 86_400_000;

/** Counts the rows of a table of a user's object; 0 without tables. */
const count = (user: string, table: string) =>
  runInDurableObject(userObject(user), (_, { storage }) => {
    const exists = storage.sql.exec("SELECT name FROM sqlite_master WHERE name = ?", table).toArray().length > 0;
    return exists ? Number(storage.sql.exec(`SELECT count(*) AS count FROM ${table}`).one().count) : 0;
  });
const alarm = (user: string, days: number) =>
  later(days * DAY, () => runInDurableObject(userObject(user), (object) => object.alarm()));

describe("the directory of a user's sessions", () => {
  it("forgets sessions whose first ask failed, and then has no tables", async () => {
    const [user, sessions] = [freshUser(), freshSessions(40)];
    for (const session of sessions) {
      await scripted(session, { response: "" });
      expect((await asks(session, user, "Hello?")).status).toBe(502);
    }
    expect(await count(user, "sessions")).toBe(40);
    await alarm(user, 0.5);
    expect(await count(user, "sessions")).toBe(40);
    await alarm(user, 2);
    await alarm(user, 2);
    expect(await count(user, "sessions")).toBe(0);
    expect(await count(user, "meta")).toBe(0);
  });

  it("keeps a session that has stored something and could not send it for days", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const tell = replaced("tell", down);
    expect((await asks(session, user, "I like figs.")).status).toBe(200);
    await eventually(() => expect(tell).toHaveBeenCalled());
    await alarm(user, 2);
    await alarm(user, 4);
    expect(await count(user, "sessions")).toBe(1);
    expect((await remove(`/users/${user}`)).status).toBe(200);
    expect(await llamory.transcript(session)).toEqual([]);
  });

  it("has no row of a deleted session, and a user with none left has no tables a day later, however often they delete", async () => {
    const { user, session, other } = await told();
    await remove(`/sessions/${session}`);
    expect(await count(user, "sessions")).toBe(1);
    await later(0.9 * DAY, () => remove(`/sessions/${other}`));
    await alarm(user, 1.1);
    expect(await count(user, "meta")).toBe(0);
  });
});

describe("the places of a user's messages", () => {
  it("cost an ask no more rows, however often other sessions took turns", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const object = userObject(user);
    const epoch = await opened(object, session);
    const rows = await countRowsOf(object);
    const read = async () => {
      await rows();
      const question = { text: "Hello?", sessionId: session, epoch, opens: true, recallTokens: 100, factTokens: 100 };
      expect(await object.memory(question)).toMatchObject({ state: "known" });
      return (await rows()).read;
    };
    const before = await read();
    await runInDurableObject(object, (_, { storage }) => {
      storage.sql.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        INSERT INTO runs (first, last, session, behind) SELECT i * 4, i * 4 + 1, 'of ' || (i % 7), i * 2 FROM n`);
    });
    expect((await read()) - before).toBeLessThan(10);
  });

  it("are found from one seq to another in a session of many parts", async () => {
    const object = userObject(freshUser());
    const epochs = { a: await opened(object, "a"), b: await opened(object, "b") };
    const message = (seq: number, content: string) => ({
      ...{ seq, role: "user" as const, content, tokens: 5, createdAt: seq, status: "complete" as const },
    });
    for (let seq = 1; seq <= 20; seq += 1) {
      for (const [sessionId, epoch] of Object.entries(epochs)) {
        await object.tell({ sessionId, epoch, from: seq, to: seq, messages: [message(seq, `${sessionId}${seq}`)] });
      }
    }
    await object.tell({ sessionId: "a", epoch: epochs.a, from: 7, to: 9, messages: [message(8, "a8")] });
    const { messages } = await object.searchAll("a6 a7 a8 a9 a10 b8", 50);
    const found = messages.map(({ sessionId, seq }) => `${sessionId} ${seq}`);
    for (const place of ["a 6", "a 8", "a 10", "b 8"]) expect(found).toContain(place);
    for (const place of ["a 7", "a 9"]) expect(found).not.toContain(place);
  });
});

describe("USER_MAX_MB", () => {
  it("drops the oldest messages of the copy, keeps facts and sessions, and refuses no ask", async () => {
    const [user, [old = "", recent = ""]] = [freshUser(), freshSessions(2)];
    const object = userObject(user);
    await runInDurableObject(object, (instance) => {
      Object.defineProperty(instance, "env", { value: { ...env, USER_MAX_MB: "1" } });
    });
    await object.addFact("Likes figs.", null);
    const settled = (session: string) => eventually(async () => expect(await owes(session)).toBe(false));
    const append = async (session: string, part: number) => {
      const messages = Array.from({ length: 200 }, (_, at) => ({
        role: at % 2 ? "assistant" : "user",
        content: `${session} ${part} ${at}: ${crypto.randomUUID().repeat(10)}`,
      }));
      const response = await llamory.post(`/sessions/${session}/messages`, { userId: user, messages });
      expect(response.status).toBe(201);
      await settled(session);
    };
    for (let part = 0; part < 4; part += 1) await append(old, part);
    for (let part = 0; part < 16; part += 1) await append(recent, part);
    const size = () => runInDurableObject(object, (_, { storage }) => storage.sql.databaseSize);
    expect(await size()).toBeLessThan(3_000_000);
    const copy = await copyOf(user);
    expect(copy.some((content) => content.startsWith(`${old} 0`))).toBe(false);
    expect(copy.filter((content) => content.startsWith(`${recent} 15 `))).toHaveLength(200);
    expect((await asks(recent, user, "My name is Ana.")).status).toBe(200);
    await settled(recent);
    expect((await copyOf(user)).at(-2)).toBe("My name is Ana.");
    expect(await object.facts()).toMatchObject([{ text: "Likes figs." }]);
    expect((await object.sessions(10)).map(({ messages }) => messages).sort()).toEqual([3_202, 800]);
    expect(await (await llamory.fetch(`/sessions/${old}`)).json()).toMatchObject({ messages: 800 });
    expect(await (await remove(`/users/${user}`)).json()).toMatchObject({ sessions: 2, facts: 1 });
    expect(await llamory.transcript(old)).toEqual([]);
  });
});
