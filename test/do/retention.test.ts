import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatDO } from "../../src/do/chat";
import { askForm, askRequest } from "../support/ask-request";
import { eventually } from "../support/eventually";
import { keepFor } from "../support/keep-for";
import { lose } from "../support/lose";
import { HELD, PLAYED, scripted } from "../support/scripted-model";
import { freshSession, worker } from "../support/worker";

const llamory = worker();
const DAY = 86_400_000;
/** A relative time: an alarm cannot be set in the past. */
const NOW = Date.now();

const stubOf = (session: string) => env.CHAT_DO.getByName(session);

/** Returns in how many days the session's end is checked; null if it is not scheduled. The alarm also has other tasks. */
const alarmOf = (session: string) =>
  runInDurableObject(stubOf(session), (_, { storage }) => {
    if (storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'due'").toArray().length === 0) return null;
    const [due] = storage.sql.exec<{ at: number | null }>("SELECT at FROM due WHERE task = 'expire'").toArray();
    return typeof due?.at === "number" ? Math.round((due.at - NOW) / DAY) : null;
  });

const append = (session: string, createdAt?: string) =>
  llamory.post(`/sessions/${session}/messages`, { messages: [{ role: "user", content: "x", createdAt }] });

/** Returns the messages and tables that a session still has. */
async function leftOf(session: string): Promise<{ messages: number; tables: number }> {
  const { messages } = await (await llamory.fetch(`/sessions/${session}`)).json<{ messages: number }>();
  const tables = await runInDurableObject(
    stubOf(session),
    (_, { storage }) => storage.sql.exec("SELECT name FROM sqlite_master").toArray().length,
  );
  return { messages, tables };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});
afterEach(() => vi.useRealTimers());
const forward = (days: number) => vi.setSystemTime(Date.now() + days * DAY);

describe("a session with a time to live", () => {
  it("is deleted so long after its last turn, all of it, and twice harms nothing", async () => {
    const session = freshSession();
    await keepFor(session, "30");
    await llamory.ask(session, "Hello?");
    expect(await alarmOf(session)).toBe(30);
    forward(30);
    expect(await runDurableObjectAlarm(stubOf(session))).toBe(true);
    expect(await leftOf(session)).toEqual({ messages: 0, tables: 0 });
    await runInDurableObject(stubOf(session), (instance) => instance.alarm());
    expect(await leftOf(session)).toEqual({ messages: 0, tables: 0 });
    expect(await alarmOf(session)).toBeNull();
    // The session can be used again, and expires again.
    await llamory.ask(session, "Hello again?");
    expect(await alarmOf(session)).toBe(60);
  });

  it("stays where it was used meanwhile; the alarm is not moved by a turn, and looks when it rings", async () => {
    const session = freshSession();
    await keepFor(session, "30");
    await llamory.ask(session, "Hello?");
    forward(20);
    await llamory.ask(session, "Still there?");
    await (await llamory.stream(session, "And now?")).text();
    expect(await alarmOf(session)).toBe(30);
    forward(10);
    await runDurableObjectAlarm(stubOf(session));
    await runInDurableObject(stubOf(session), (instance) => instance.alarm());
    expect(await leftOf(session)).toMatchObject({ messages: 6 });
    expect(await alarmOf(session)).toBe(50);
    forward(20);
    await runDurableObjectAlarm(stubOf(session));
    expect(await leftOf(session)).toEqual({ messages: 0, tables: 0 });
  });

  it("counts from when messages were appended, however old they are", async () => {
    const session = freshSession();
    await keepFor(session, "30");
    await append(session, "2001-01-01T00:00:00Z");
    forward(20);
    await append(session, "2001-01-01T00:00:00Z");
    forward(10);
    await runDurableObjectAlarm(stubOf(session));
    expect(await leftOf(session)).toMatchObject({ messages: 2 });
    expect(await alarmOf(session)).toBe(50);
    forward(20);
    await runDurableObjectAlarm(stubOf(session));
    expect(await leftOf(session)).toEqual({ messages: 0, tables: 0 });
  });

  it("is not kept by messages with a date in the future, which version 2.0.0 accepted", async () => {
    const session = freshSession();
    await keepFor(session, "30");
    await llamory.ask(session, "Hello?");
    forward(20);
    const messages = [{ role: "user" as const, content: "x", createdAt: Date.UTC(2099) }];
    expect(await stubOf(session).append(messages)).toMatchObject({ ok: true });
    forward(10);
    await runDurableObjectAlarm(stubOf(session));
    expect(await alarmOf(session)).toBe(50);
    forward(20);
    await runDurableObjectAlarm(stubOf(session));
    expect(await leftOf(session)).toEqual({ messages: 0, tables: 0 });
  });

  it("is kept by a turn after messages were appended", async () => {
    const session = freshSession();
    await keepFor(session, "30");
    await append(session, "2001-01-01T00:00:00Z");
    forward(20);
    await llamory.ask(session, "Hello?");
    forward(10);
    await runDurableObjectAlarm(stubOf(session));
    expect(await leftOf(session)).toMatchObject({ messages: 3 });
    expect(await alarmOf(session)).toBe(50);
  });

  it("counts from its last message where the storage has no time of an append", async () => {
    const session = freshSession();
    await keepFor(session, "30");
    await append(session);
    forward(20);
    await append(session);
    await runInDurableObject(stubOf(session), (_, { storage }) => {
      storage.sql.exec("DELETE FROM meta WHERE key = 'appended_at'");
    });
    await evictDurableObject(stubOf(session));
    forward(10);
    await runDurableObjectAlarm(stubOf(session));
    expect(await leftOf(session)).toMatchObject({ messages: 2 });
    expect(await alarmOf(session)).toBe(50);
  });

  it("is deleted too where it has a title alone", async () => {
    const session = freshSession();
    await keepFor(session, "30");
    await llamory.patch(`/sessions/${session}`, { title: "Bees" });
    expect(await alarmOf(session)).toBe(30);
    forward(30);
    await runDurableObjectAlarm(stubOf(session));
    expect(await leftOf(session)).toEqual({ messages: 0, tables: 0 });
  });

  it("is not deleted under a turn that runs", async () => {
    const session = freshSession();
    await keepFor(session, "1");
    await llamory.ask(session, "Hello?");
    const model = await scripted(session, HELD);
    const asked = llamory.ask(session, "Think long.");
    await model.called();
    forward(1);
    await runDurableObjectAlarm(stubOf(session));
    await model.go();
    expect((await asked).status).toBe(200);
    expect(await leftOf(session)).toMatchObject({ messages: 4 });
  });

  it("ends though its first turn was lost with its object", async () => {
    const session = freshSession();
    await scripted(session, PLAYED);
    const asked = stubOf(session).ask(askRequest("t1", "Sing.", { form: askForm(session) }));
    await eventually(async () => expect((await leftOf(session)).messages).toBe(1));
    // Starts the object again, as after a loss.
    await runInDurableObject(stubOf(session), (_, state) => new ChatDO(state, { ...env, SESSION_TTL_DAYS: "30" }));
    expect(await alarmOf(session)).toBe(30);
    await lose(session);
    await asked.catch(() => {});
  });

  it("answers though its end cannot be planned when it wakes after a loss", async () => {
    const session = freshSession();
    await scripted(session, PLAYED);
    const asked = stubOf(session).ask(askRequest("t1", "Sing.", { form: askForm(session) }));
    await eventually(async () => expect((await leftOf(session)).messages).toBe(1));
    const woken = await runInDurableObject(stubOf(session), async (_, state) => {
      state.storage.sql.exec("CREATE TRIGGER full BEFORE INSERT ON due BEGIN SELECT RAISE(FAIL, 'full'); END");
      return new ChatDO(state, { ...env, SESSION_TTL_DAYS: "30" }).info("");
    });
    expect(woken).toMatchObject({ ok: true, value: { messages: 2 } });
    await lose(session);
    await asked.catch(() => {});
  });

  it("stays if the setting is no number when the alarm rings", async () => {
    const session = freshSession();
    await keepFor(session, "30");
    await llamory.ask(session, "Hello?");
    await keepFor(session, true);
    forward(31);
    await runDurableObjectAlarm(stubOf(session));
    expect(await leftOf(session)).toMatchObject({ messages: 2 });
  });

  it("stays for good where the setting is gone when the alarm rings, or never was", async () => {
    const [gone, never] = [freshSession(), freshSession()];
    await keepFor(gone, "30");
    await llamory.ask(gone, "Hello?");
    await keepFor(gone, undefined);
    await evictDurableObject(stubOf(gone));
    forward(31);
    await runDurableObjectAlarm(stubOf(gone));
    expect(await leftOf(gone)).toMatchObject({ messages: 2 });
    expect(await alarmOf(gone)).toBeNull();
    await llamory.ask(never, "Hello?");
    expect(await alarmOf(never)).toBeNull();
  });
});
