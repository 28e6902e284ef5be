import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, inject, it, vi } from "vitest";
import { estimateTokens } from "../../src/turn/tokens";
import { later } from "../support/users";
import {
  append,
  callsOf,
  chatter,
  chatterNow,
  complete,
  infoOf,
  likeness,
  stubOf,
  withEncoder,
} from "../support/vectors";
import { freshSession, worker } from "../support/worker";
import "../support/provided";
import { eventually } from "../support/eventually";

describe("while vectors are being made", () => {
  /** Creates a session whose first batch of vectors waits until `mend` is called. */
  async function underWay() {
    const [session, id] = [freshSession(), crypto.randomUUID()];
    const llamory = withEncoder(`/held-${id}`);
    await append(worker(), session, chatter(48));
    const input = "The code is xylophone.";
    const asked = await worker().post("/v1/responses", { input, conversation: session });
    const begun = append(llamory, session, chatterNow(4, 48));
    await eventually(async () => expect(await callsOf(id)).toBeGreaterThan(0));
    await begun;
    const mend = () => fetch(`${inject("encoder")}/mend/${id}`);
    return { session, llamory, mend, response: (await asked.json<{ id: string }>()).id };
  }

  it("a turn may be withdrawn: nothing of it is in the vectors", async () => {
    const { session, llamory, mend, response } = await underWay();
    await llamory.fetch(`/v1/responses/${encodeURIComponent(response)}`, { method: "DELETE" });
    await mend();
    await llamory.ask(session, "And on?");
    await eventually(async () => {
      await runDurableObjectAlarm(stubOf(session));
      expect((await infoOf(llamory, session)).vectors).toBe(56);
    });
    expect(await likeness(session)).toBeGreaterThan(0.99);
  });

  it("the session may be deleted: nothing is written afterwards", async () => {
    const { session, llamory, mend } = await underWay();
    await llamory.fetch(`/sessions/${session}`, { method: "DELETE" });
    await mend();
    // The encoder processes one batch after the other, so the held batch ends before this session's vectors exist.
    const other = freshSession();
    await append(withEncoder(), other, chatter(48));
    await complete(withEncoder(), other);
    await runInDurableObject(stubOf(session), async (_, { storage }) => {
      expect(storage.sql.exec("SELECT name FROM sqlite_master").toArray()).toEqual([]);
      expect(await storage.getAlarm()).toBeNull();
    });
  });
});

describe("an encoder that", () => {
  it.each(["failing", "silent"])("is %s leaves questions to be answered by words", async (way) => {
    const session = freshSession();
    await append(withEncoder(), session, chatter(48));
    await complete(withEncoder(), session);
    const broken = withEncoder(`/${way}`, { EMBEDDING_TIMEOUT_MS: "50" });
    for (const question of ["How was the weather?", "And the train?"]) {
      const asked = await broken.ask(session, question);
      expect(asked.status).toBe(200);
      expect(await asked.json()).toMatchObject({ memory: { recall: "words" } });
    }
  });

  it("failed for a question is not called for the next ones, ever longer, until it is back", async () => {
    const [session, id] = [freshSession(), `0-${crypto.randomUUID()}`];
    await append(withEncoder(`/counted-${id}`), session, chatter(48));
    await complete(withEncoder(`/counted-${id}`), session);
    const llamory = withEncoder(`/broken-${id}`);
    // Labels the same vectors as made by an encoder that now fails.
    await runInDurableObject(stubOf(session), (_, { storage }) => {
      storage.sql.exec("UPDATE meta SET value = replace(value, '/counted-', '/broken-') WHERE key = 'vectors'");
    });
    await evictDurableObject(stubOf(session));
    const searched = async () => {
      const before = await callsOf(id);
      expect((await llamory.fetch(`/sessions/${session}/search?q=train`)).status).toBe(200);
      return (await callsOf(id)) - before;
    };
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      for (const seconds of [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]) {
        expect(await searched()).toBe(1);
        vi.setSystemTime(Date.now() + seconds * 1_000 - 1);
        expect(await searched()).toBe(0);
        vi.setSystemTime(Date.now() + 1);
      }
      await fetch(`${inject("encoder")}/mend/${id}`);
      expect(await searched()).toBe(1);
      expect(await searched()).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it("failed after a turn is left to the alarm by the next turns", async () => {
    const [session, id] = [freshSession(), crypto.randomUUID()];
    const llamory = withEncoder(`/failing-${id}`);
    await append(llamory, session, chatter(48));
    await eventually(async () => expect(await callsOf(id)).toBe(1));
    for (const question of ["How was the weather?", "And the train?"]) await llamory.ask(session, question);
    expect(await callsOf(id)).toBe(1);
  });

  it("fails again and again is asked ever more rarely", async () => {
    const session = freshSession();
    await append(withEncoder("/failing"), session, chatter(48));
    const dueIn = () =>
      runInDurableObject(stubOf(session), (_, { storage }) =>
        storage.sql
          .exec<{ at: number }>("SELECT at FROM due WHERE task = 'embed'")
          .toArray()
          .map(({ at }) => Math.round((at - Date.now()) / 1_000)),
      );
    await eventually(async () => expect(await dueIn()).toEqual([30]));
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const pauses: (number | undefined)[] = [];
      for (let time = 0; time < 9; time += 1) {
        const [seconds = 0] = await dueIn();
        vi.setSystemTime(Date.now() + (seconds + 1) * 1_000);
        await runInDurableObject(stubOf(session), (instance) => instance.alarm());
        pauses.push((await dueIn())[0]);
      }
      expect(pauses).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is gone in the middle of a backlog leaves what it made, and the rest is made when it is back", async () => {
    const session = freshSession();
    const id = `1-${crypto.randomUUID()}`;
    const llamory = withEncoder(`/broken-${id}`);
    await append(llamory, session, chatter(150));
    await eventually(async () => {
      await runDurableObjectAlarm(stubOf(session));
      expect((await infoOf(llamory, session)).vectors).toBe(100);
    });
    const asked = await llamory.ask(session, "How was the weather?");
    expect(await asked.json()).toMatchObject({ memory: { recall: "words" } });
    await fetch(`${inject("encoder")}/mend/${id}`);
    await llamory.ask(session, "And now?");
    await later(3_600_000, () => complete(llamory, session));
    expect(await likeness(session)).toBeGreaterThan(0.99);
  });
});

describe("a disk that is full when vectors are written", () => {
  it("breaks no recall, and the vectors are made when there is room", async () => {
    const session = freshSession();
    const llamory = withEncoder();
    await append(llamory, session, chatter(60));
    await complete(llamory, session);
    const recall = async () => {
      const asked = await llamory.ask(session, "How was the weather?");
      expect(asked.status).toBe(200);
      return (await asked.json<{ memory: { recall: string } }>()).memory.recall;
    };
    const sql = (statement: string) =>
      runInDurableObject(stubOf(session), (_, { storage }) => {
        storage.sql.exec(statement);
      });
    // This loads the signs of the vectors into memory.
    expect(await recall()).toBe("words+meaning");
    await complete(llamory, session);
    await sql(
      "CREATE TRIGGER broken BEFORE INSERT ON vectors WHEN new.block = 1 BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
    await append(llamory, session, chatterNow(80, 60));
    await eventually(async () => expect((await infoOf(llamory, session)).messages).toBe(142));
    for (let time = 0; time < 3; time += 1) expect(await recall()).toBe("words+meaning");
    await sql("DROP TRIGGER broken");
    await recall();
    await later(3_600_000, () => complete(llamory, session));
    expect(await likeness(session)).toBeGreaterThan(0.99);
  });
});

describe("the tokens of a day", () => {
  it("count the encoder's: those of messages, and those of a question", async () => {
    const session = freshSession();
    const llamory = withEncoder("", { TENANT_TOKENS_PER_DAY: "1000000" });
    const today = () => env.TENANT_DO.getByName("tenant/").today();
    await append(worker(), session, chatter(48));
    expect(await today()).toBe(0);
    await append(llamory, session, chatter(1, 48));
    await complete(llamory, session);
    const messages = 49 * estimateTokens("Ana: Chapter 10: the weather stayed grey and the train was late.");
    // The encoded text of a message often contains the message before it.
    await eventually(async () => expect(await today()).toBeGreaterThan(messages));
    const before = await today();
    expect(before).toBeLessThan(3 * messages);
    await llamory.fetch(`/sessions/${session}/search?q=train`);
    await eventually(async () => expect(await today()).toBe(before + estimateTokens("train")));
  });
});
