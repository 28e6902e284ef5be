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

interface Kind {
  /** The answer is streamed. */
  stream: boolean;
  /** Asks a third question. */
  ask(session: string, user: string | undefined, stream: boolean, turn: string): Promise<Response>;
  /** The rows written in the session, without a user and with one. */
  rows: [alone: number, withUser: number];
  /** The rows written in the user's object. */
  ofUser: number;
  /** The calls of the user's object. */
  calls: string[];
}

const QUESTIONS = ["I keep bees in Lisbon.", "They make honey in July."];
const THIRD = "Where do I keep them?";
const ANSWER = "Noted. I will remember that.";

const asked =
  (more: (turn: string) => object) => (sessionId: string, userId: string | undefined, stream: boolean, turn: string) =>
    counting.post("/ask", { sessionId, userId, stream, question: THIRD, ...more(turn) });
/** Asks as Open WebUI does, after some of the earlier questions. */
const aligned = (questions: string[]) => (sessionId: string, userId: string | undefined, stream: boolean) => {
  const before = questions.flatMap((content) => [
    { role: "user", content },
    { role: "assistant", content: ANSWER },
  ]);
  const headers = { "x-openwebui-chat-id": sessionId, ...(userId && { "x-openwebui-user-id": userId }) };
  return counting.post(
    "/v1/chat/completions",
    { model: "llama", stream, messages: [...before, { role: "user", content: THIRD }] },
    headers,
  );
};
/** The methods of a user's object that sessions call. */
const METHODS = ["memory", "open", "tell", "forget", "rename"] as const;
const rpcs: string[] = [];
// The alarm lists a session in the tenant's directory at most once an hour, which may be at any time.
const counting = worker({ ...PATIENT, DIRECTORY: "off", CHAT_DO: counted(rpcs) });

const PLAIN = asked(() => ({}));
const REPLACES = asked((replaces) => ({ replaces }));
const [ALIGNED, EDITED] = [aligned(QUESTIONS), aligned(QUESTIONS.slice(0, 1))];
const BOTH = ["memory", "tell"];
// 2.0.0 wrote two rows more, those of the full-text index, which come later in groups.
const KINDS: Record<string, Kind> = {
  "an ask": { stream: false, ask: PLAIN, rows: [3, 5], ofUser: 6, calls: BOTH },
  "a streamed ask": { stream: true, ask: PLAIN, rows: [4, 6], ofUser: 6, calls: BOTH },
  "a request with the whole history": { stream: false, ask: ALIGNED, rows: [3, 5], ofUser: 6, calls: BOTH },
  "a streamed request with the whole history": { stream: true, ask: ALIGNED, rows: [4, 6], ofUser: 6, calls: BOTH },
  "an ask that replaces a turn": { stream: false, ask: REPLACES, rows: [8, 10], ofUser: 10, calls: BOTH },
  "a streamed ask that replaces a turn": { stream: true, ask: REPLACES, rows: [15, 20], ofUser: 10, calls: BOTH },
  "a history with an edited question": { stream: false, ask: EDITED, rows: [8, 10], ofUser: 10, calls: BOTH },
  "a streamed history with an edited question": { stream: true, ask: EDITED, rows: [15, 20], ofUser: 10, calls: BOTH },
  "an ask that is not remembered": {
    stream: false,
    ask: asked(() => ({ remember: false })),
    rows: [0, 0],
    ofUser: 0,
    calls: ["memory"],
  },
};

describe.each(Object.entries(KINDS))("%s", (_kind, { stream, ask, rows: [alone, withUser], ofUser, calls }) => {
  it.each([
    ["without a user", undefined, alone, 0, []],
    ["of a user", freshUser(), withUser, ofUser, calls],
  ])("%s is one call of its session, and writes few rows", async (_who, user, inSession, inUser, ofIt) => {
    const session = freshSession();
    const settled = () => eventually(async () => expect(await owes(session)).toBe(false));
    let turn = "";
    for (const question of QUESTIONS) {
      const response = await counting.post("/ask", { sessionId: session, userId: user, question });
      ({ turnId: turn } = await response.json<{ turnId: string }>());
      if (user !== undefined) await settled();
    }
    const [rows, rowsOfUser] = [await countRows(session), await countRowsOf(userObject(user ?? session))];
    const spies = METHODS.map((method) => [method, vi.spyOn(UserDO.prototype, method)] as const);
    rpcs.splice(0);
    const response = await ask(session, user, stream, turn);
    await response.text();
    expect(response.status).toBe(200);
    if (user !== undefined) await settled();
    expect(rpcs).toEqual(["ask"]);
    // The end of a replaced turn and the new turn may reach the user together, in fewer writes.
    for (const [counted, most] of [
      [await rows(), inSession],
      [await rowsOfUser(), inUser],
    ] as const) {
      expect(counted.written).toBeLessThanOrEqual(most);
      expect(counted.written).toBeGreaterThanOrEqual(most * 0.8);
    }
    const ofSession = (call: unknown[]) => JSON.stringify(call).includes(session);
    expect(spies.flatMap(([name, { mock }]) => mock.calls.filter(ofSession).map(() => name))).toEqual(ofIt);
  });
});

it("an ask whose messages are the last of a group writes a row of the index for each", async () => {
  const session = freshSession();
  const messages = Array.from({ length: 32 }, () => ({ role: "user", content: "I keep bees." }));
  await counting.post(`/sessions/${session}/messages`, { messages });
  const rows = await countRows(session);
  for (const written of [3 + 34, 3]) {
    expect((await counting.post("/ask", { sessionId: session, question: THIRD })).status).toBe(200);
    expect((await rows()).written).toBe(written);
  }
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
