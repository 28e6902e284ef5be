/** Rebuilds the index of sessions and users that version 2.0.0 stored. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatDO } from "../../src/do/chat";
import { Database } from "../../src/do/sqlite/database";
import { UserDO } from "../../src/do/user";
import { eventually } from "../support/eventually";
import { lose } from "../support/lose";
import { tablesOf } from "../support/transfer";
import { freshUser, sessionObject, userObject } from "../support/users";
import { oldSession, oldUser } from "../support/version-2/objects";
import type { OldMessage } from "../support/version-2/tables";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

/** The messages that one alarm indexes again. */
const ALARM = 1_500;
const COUNT = 2 * ALARM + 500;

/** The messages to find, by `seq`. */
const SAID: Record<number, string> = {
  ...{ 10: "제 생일은 5월 3일이에요.", 3400: "우리 고양이 이름은 나비예요." },
  ...{ 20: "Kız kardeşimin adı Işıl.", 3410: "Yazlık evimiz Ayvalık'ta." },
  ...{ 30: "My sister plays the cello.", 3420: "I keep bees on the roof." },
};

/** A question, and the message that answers it. */
type Question = [text: string, seq: number];
/** The questions that need the new index. */
const NEW_QUESTIONS: Question[] = [
  ["내 생일이 언제야?", 10],
  ["고양이 이름이 뭐야?", 3_400],
  ["Işıl kim?", 20],
  ["Ayvalık nerede?", 3_410],
];
const OLD_QUESTIONS: Question[] = [
  ["Who plays the cello?", 30],
  ["Where are the bees?", 3_420],
];
const QUESTIONS = [...NEW_QUESTIONS, ...OLD_QUESTIONS];

/** Returns messages of small talk with those to find. Each two messages are a turn. */
const talk = (count = COUNT): OldMessage[] =>
  Array.from({ length: count }, (_, at) => ({
    role: at % 2 ? "assistant" : "user",
    content: SAID[at + 1] ?? `Chapter ${at}: the weather stayed grey.`,
    turn: `turn-${Math.floor(at / 2)}`,
  }));

const { alarm } = ChatDO.prototype;
const userAlarm = UserDO.prototype.alarm;
beforeEach(() => {
  vi.spyOn(ChatDO.prototype, "alarm").mockResolvedValue();
  vi.spyOn(UserDO.prototype, "alarm").mockResolvedValue();
});
afterEach(() => vi.restoreAllMocks());

/** Runs a session's alarm, which otherwise rings without effect. */
const ring = (session: string) =>
  runInDurableObject(sessionObject(session), (instance) => Reflect.apply(alarm, instance, []));

/** Returns the note of the task; null without one. */
const restOf = (object: DurableObjectStub) =>
  runInDurableObject(object, (_, { storage }) => {
    const [row] = storage.sql.exec<{ note: string }>("SELECT note FROM due WHERE task = 'reindex'").toArray();
    return row ? JSON.parse(row.note) : null;
  });

/** Returns the `seq` of all rows of the index. */
const indexed = (session: string) =>
  runInDurableObject(sessionObject(session), (_, { storage }) =>
    [...storage.sql.exec("SELECT rowid FROM messages_fts ORDER BY rowid").raw()].flat(),
  );

async function found(session: string, q: string): Promise<number | undefined> {
  const response = await llamory.post(`/sessions/${session}/search`, { q, limit: 1 });
  return (await response.json<{ data: { seq: number }[] }>()).data[0]?.seq;
}

async function expectAnswers(session: string, questions: Question[]): Promise<void> {
  for (const [question, seq] of questions) expect([question, await found(session, question)]).toEqual([question, seq]);
}

const append = (session: string, content: string) =>
  llamory.post(`/sessions/${session}/messages`, { messages: [{ role: "user", content }] });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe("a session of version 2.0.0", () => {
  it("rings by itself when it wakes, and rebuilds its index in steps", async () => {
    const session = freshSession();
    await oldSession(session, talk());
    expect(await found(session, "Who plays the cello?")).toBe(30);
    await eventually(() => expect(ChatDO.prototype.alarm).toHaveBeenCalled());
    for (const next of [1, ALARM + 1, 2 * ALARM + 1]) {
      expect(await restOf(sessionObject(session))).toEqual({ next, last: COUNT });
      await ring(session);
    }
    expect(await restOf(sessionObject(session))).toBeNull();
    expect(await indexed(session)).toEqual(range(1, COUNT));
    await expectAnswers(session, QUESTIONS);
  });

  it("answers between two steps, from old rows and from new ones", async () => {
    const session = freshSession();
    await oldSession(session, talk());
    await expectAnswers(session, OLD_QUESTIONS);
    await ring(session);
    await expectAnswers(session, OLD_QUESTIONS);
    // The old row of the cat contains a word that begins with the pair.
    await expectAnswers(session, NEW_QUESTIONS.slice(0, 3));
    expect((await llamory.ask(session, "내 생일이 언제야?")).status).toBe(200);
  });

  it("loses nothing and repeats nothing if its object is lost between two steps, or between two alarms", async () => {
    const session = freshSession();
    await oldSession(session, talk());
    const insert = vi.spyOn(Database.prototype, "write");
    vi.spyOn(Database.prototype, "durable").mockImplementationOnce(async () => {
      await lose(session);
      throw new Error("lost");
    });
    await ring(session).catch(() => {});
    expect(await restOf(sessionObject(session))).toEqual({ next: 301, last: COUNT });
    await ring(session);
    await evictDurableObject(sessionObject(session));
    for (let alarms = 0; alarms < 2; alarms += 1) await ring(session);
    expect(await restOf(sessionObject(session))).toBeNull();
    const inserted = insert.mock.calls.filter(([query]) => query.includes("INTO messages_fts"));
    expect(inserted.map(([, seq]) => seq)).toEqual(range(1, COUNT));
    await expectAnswers(session, QUESTIONS);
  });

  it("keeps its place when a step fails, and repeats that step", async () => {
    const session = freshSession();
    await oldSession(session, talk());
    await ring(session);
    const sql = (statement: string) =>
      runInDurableObject(sessionObject(session), (_, { storage }) => {
        storage.sql.exec(statement);
      });
    await sql(`CREATE TRIGGER broken BEFORE INSERT ON due WHEN new.task = 'reindex'
      BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`);
    await ring(session);
    await sql("DROP TRIGGER broken");
    expect(await restOf(sessionObject(session))).toEqual({ next: ALARM + 1, last: COUNT });
    expect(await indexed(session)).toEqual(range(1, COUNT));
    expect(await found(session, "내 생일이 언제야?")).toBe(10);
  });

  it("indexes what is appended meanwhile once, and never what is withdrawn meanwhile", async () => {
    const session = freshSession();
    await oldSession(session, talk());
    await ring(session);
    const insert = vi.spyOn(Database.prototype, "write");
    expect((await append(session, "내 여동생은 부산에 살아요.")).status).toBe(201);
    // The first one is rebuilt, the second one is not.
    for (const seq of [10, 3_400]) {
      const turn = `turn-${Math.floor((seq - 1) / 2)}`;
      expect(await sessionObject(session).withdrawTurn(turn)).toMatchObject({ ok: true });
    }
    for (let alarms = 0; alarms < 2; alarms += 1) await ring(session);
    expect(await restOf(sessionObject(session))).toBeNull();
    const appended = insert.mock.calls.filter(([query, seq]) => query.includes("INTO messages_fts") && seq === 3_501);
    expect(appended).toHaveLength(1);
    expect(await indexed(session)).toEqual([...range(1, 8), ...range(11, 3_398), ...range(3_401, COUNT + 1)]);
    expect(await found(session, "여동생이 어디 살아?")).toBe(COUNT + 1);
    expect(await found(session, "내 생일이 언제야?")).not.toBe(10);
  });

  it.each(["reset", "deleted"])("that is %s meanwhile rebuilds nothing of its next messages", async (how) => {
    const session = freshSession();
    await oldSession(session, talk());
    await ring(session);
    const path = `/sessions/${session}`;
    const emptied =
      how === "reset" ? llamory.post("/reset", { sessionId: session }) : llamory.fetch(path, { method: "DELETE" });
    expect((await emptied).status).toBe(200);
    expect((await append(session, "제 생일은 6월 1일이에요.")).status).toBe(201);
    expect(await restOf(sessionObject(session))).toBeNull();
    await ring(session);
    expect(await found(session, "내 생일이 언제야?")).toBe(1);
    expect(await indexed(session)).toEqual([1]);
  });

  it("keeps its vectors, and loses the tables of an unfinished import", async () => {
    const session = freshSession();
    await oldSession(session, talk(6), (sql) => {
      sql.exec("CREATE TABLE staged_messages (seq)");
      sql.exec("INSERT INTO meta (key, value) VALUES ('vectors', ?)", JSON.stringify({ model: "use", dimensions: 4 }));
      sql.exec("INSERT INTO vectors (block, data) VALUES (0, ?)", new Uint8Array(6 * 8).buffer);
    });
    const read = await worker({ EMBEDDING_MODEL: "use" }).fetch(`/sessions/${session}`);
    expect(await read.json()).toMatchObject({ messages: 6, vectors: 6 });
    expect(await tablesOf(session)).not.toContain("staged_messages");
  });
});

describe("a session of this version", () => {
  it("has nothing to rebuild, whether it is new or wakes again", async () => {
    const session = freshSession();
    await append(session, "제 생일은 5월 3일이에요.");
    expect(await restOf(sessionObject(session))).toBeNull();
    await evictDurableObject(sessionObject(session));
    expect(await found(session, "내 생일이 언제야?")).toBe(1);
    expect(await restOf(sessionObject(session))).toBeNull();
  });
});

describe("a user of version 2.0.0", () => {
  const ringUser = (user: string) =>
    runInDurableObject(userObject(user), (instance) => Reflect.apply(userAlarm, instance, []));
  const search = async (user: string, q: string) => {
    const response = await llamory.post(`/users/${user}/search`, { q, limit: 1 });
    return (await response.json<{ data: { sessionId: string; seq: number }[] }>()).data[0];
  };
  const nearest = async (user: string, q: string) => {
    const response = await llamory.fetch(`/users/${user}/facts?${new URLSearchParams({ q })}`);
    return (await response.json<{ data: { id: string }[] }>()).data.map(({ id }) => id);
  };
  const facts = ["사용자는 제주도에서 태어났다.", "Kızının adı Işıl."];

  it("rebuilds the index of messages and facts in steps", async () => {
    const [user, session] = [freshUser(), freshSession()];
    await oldUser(user, session, talk(), facts);
    expect(await search(user, "Who plays the cello?")).toMatchObject({ sessionId: session, seq: 30 });
    await eventually(() => expect(UserDO.prototype.alarm).toHaveBeenCalled());
    expect(await nearest(user, "Işıl")).toEqual([]);
    for (const next of [1, ALARM + 1, 2 * ALARM + 1]) {
      expect(await restOf(userObject(user))).toEqual({ next, last: COUNT });
      await ringUser(user);
      await evictDurableObject(userObject(user));
    }
    expect(await restOf(userObject(user))).toBeNull();
    for (const [question, seq] of QUESTIONS) {
      expect(await search(user, question)).toMatchObject({ sessionId: session, seq });
    }
    expect(await nearest(user, "Işıl")).toEqual(["fact-2"]);
    expect(await nearest(user, "제주도에서")).toEqual(["fact-1"]);
  });

  it("without messages rebuilds the index of their facts", async () => {
    const user = freshUser();
    await oldUser(user, freshSession(), [], facts);
    expect(await nearest(user, "Işıl")).toEqual([]);
    await ringUser(user);
    expect(await nearest(user, "Işıl")).toEqual(["fact-2"]);
    expect(await restOf(userObject(user))).toBeNull();
  });
});
