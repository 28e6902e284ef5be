import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ChatDO } from "../../src/do/chat";
import { openaiId } from "../../src/wire/response-objects";
import { eventually } from "../support/eventually";
import { lose } from "../support/lose";
import { PLAYED, scripted } from "../support/scripted-model";
import { Events } from "../support/sse";
import {
  copyOf,
  down,
  freshUser,
  opened,
  owes,
  PATIENT,
  replaced,
  ringLater,
  sessionObject,
  userObject,
} from "../support/users";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

const llamory = worker(PATIENT);
const asks = (sessionId: string, userId: string, question: string, more: object = {}) =>
  llamory.post("/ask", { sessionId, userId, question, ...more });
const settled = (session: string) => eventually(async () => expect(await owes(session)).toBe(false));

const message = (seq: number, content: string, more: object = {}) => ({
  ...{ seq, role: "user" as const, content, tokens: 5, createdAt: seq, status: "complete" as const },
  ...more,
});

describe("what a session tells its user's object", () => {
  it("changes nothing when it is told again, in parts that overlap too", async () => {
    const user = userObject(freshUser());
    const epoch = await opened(user, "s");
    const say = (from: number, ...contents: string[]) =>
      user.tell({
        ...{ sessionId: "s", epoch, from, to: from + contents.length - 1 },
        messages: contents.map((content, at) => message(from + at, content)),
      });
    expect(await say(1, "apple", "bear")).toBe(2);
    expect(await say(1, "apple", "bear")).toBe(2);
    expect(await say(2, "bear", "cat", "dog")).toBe(4);
    const listed = await user.sessions(10);
    expect(listed).toMatchObject([{ sessionId: "s", title: "apple", messages: 4 }]);
    expect((await user.searchAll("apple bear cat dog", 10)).messages.map(({ content }) => content).sort()).toEqual([
      "apple",
      "bear",
      "cat",
      "dog",
    ]);
  });

  it("is not taken behind a hole: it says up to where the session is known", async () => {
    const user = userObject(freshUser());
    const told = { sessionId: "s", epoch: await opened(user, "s") };
    expect(await user.tell({ ...told, from: 3, to: 3, messages: [message(3, "c")] })).toBe(0);
    expect(await user.tell({ ...told, from: 1, to: 1, messages: [message(1, "a")] })).toBe(1);
    expect(await user.sessions(10)).toMatchObject([{ messages: 1 }]);
  });

  it("survives the object's loss right after the turn, and is told once by the alarm", async () => {
    const [user, session] = [freshUser(), freshSession()];
    replaced("tell", down);
    await asks(session, user, "I like figs.");
    await lose(session);
    vi.restoreAllMocks();
    expect(await copyOf(user)).toEqual([]);
    await ringLater(session);
    await ringLater(session);
    expect(await copyOf(user)).toEqual(["I like figs.", "Noted. I will remember that."]);
    expect(await owes(session)).toBe(false);
  });

  it("is told of a stream that was lost in the middle, with what was saved of it, though nobody asks again", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const model = await scripted(session, PLAYED);
    const response = await asks(session, user, "Sing.", { stream: true });
    await model.say("La la");
    expect(await owes(session)).toBe(true);
    await lose(session);
    await response.text().catch(() => {});
    await ringLater(session);
    expect(await copyOf(user)).toEqual(["Sing."]);
    expect(await llamory.transcript(session)).toEqual(["user: Sing.", "assistant: "]);
  });

  it("is tried again later and later, and meanwhile more comes to it", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const tell = replaced("tell", down);
    await asks(session, user, "One.");
    const due = () =>
      runInDurableObject(sessionObject(session), (_, { storage }) =>
        storage.sql.exec<{ at: number }>("SELECT at - ? AS at FROM due WHERE task = 'tell'", Date.now()).one(),
      );
    await eventually(() => expect(tell).toHaveBeenCalledTimes(1));
    const waits: number[] = [];
    for (let tries = 0; tries < 9; tries += 1) {
      const { at } = await due();
      waits.push(Math.round(at / 30_000));
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + at });
      await runInDurableObject(sessionObject(session), (object) => object.alarm());
    }
    vi.useRealTimers();
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 120, 120]);
    await asks(session, user, "Two.");
    vi.restoreAllMocks();
    await runInDurableObject(sessionObject(session), async (object) => {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 7_200_000 });
      await object.alarm();
      vi.useRealTimers();
    });
    expect((await copyOf(user)).filter((content) => /One|Two/.test(content))).toEqual(["One.", "Two."]);
  });

  it("is all of a long session, in order, where that becomes a user's", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const messages = Array.from({ length: 1_000 }, (_, at) => ({
      role: at % 2 ? "assistant" : "user",
      content: `no. ${at}`,
    }));
    for (let part = 0; part < 3; part += 1) await llamory.post(`/sessions/${session}/messages`, { messages });
    await asks(session, user, "Hello.");
    await settled(session);
    const copy = await copyOf(user);
    expect(copy).toHaveLength(3_002);
    expect(copy.slice(1_998, 2_002)).toEqual(["no. 998", "no. 999", "no. 0", "no. 1"]);
  });

  it("has nothing of functions", async () => {
    const [person, name] = [freshUser(), freshSession()];
    const calls = [{ id: "c", name: "weather", arguments: "{}" }];
    await sessionObject(name).append([
      { role: "user", content: "How is the weather?" },
      { role: "assistant", content: "", toolCalls: calls },
      { role: "tool", content: "42 degrees", toolCallId: "c" },
    ]);
    await asks(name, person, "A parrot?");
    await settled(name);
    expect(await copyOf(person)).toEqual(["How is the weather?", "A parrot?", expect.any(String)]);
    const { messages: found } = await userObject(person).searchAll("a parrot", 10);
    expect(found.find(({ content }) => content === "A parrot?")).toMatchObject({ sessionId: name, seq: 4 });
  });

  it("loses what is taken out of the session, from search and title too", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const respond = async (input: string) => {
      const response = await llamory.post(
        "/v1/responses",
        { model: "llama", input, conversation: session },
        { "x-user-id": user },
      );
      return (await response.json<{ id: string }>()).id;
    };
    const secret = await respond("My secret is mango.");
    await respond("I like figs.");
    await settled(session);
    replaced("tell", down);
    expect((await llamory.fetch(`/v1/responses/${secret}`, { method: "DELETE" })).status).toBe(503);
    expect(await llamory.transcript(session)).toHaveLength(4);
    vi.restoreAllMocks();
    expect((await llamory.fetch(`/v1/responses/${secret}`, { method: "DELETE" })).status).toBe(200);
    expect(await copyOf(user)).toEqual(["I like figs.", expect.any(String)]);
    expect((await userObject(user).searchAll("mango secret", 10)).messages).toEqual([]);
    expect(await userObject(user).sessions(10)).toMatchObject([{ title: "I like figs.", messages: 2 }]);
  });

  it("lacks a turn that was withdrawn while it ran, where earlier messages were unknown too", async () => {
    const [user, session] = [freshUser(), freshSession()];
    await llamory.ask(session, "I like figs.");
    const model = await scripted(session, PLAYED);
    const client = new Events(await asks(session, user, "My secret is mango.", { stream: true }));
    const start = await client.next();
    await model.say("mango");
    await client.next();
    const path = `/v1/responses/${openaiId("resp", session, String(start?.data.turnId))}`;
    expect((await llamory.fetch(path, { method: "DELETE" })).status).toBe(200);
    await client.rest();
    await settled(session);
    expect(await copyOf(user)).toEqual(["I like figs.", expect.any(String)]);
  });

  it("takes new messages after its last ones were withdrawn", async () => {
    const user = userObject(freshUser());
    const told = { sessionId: "s", epoch: await opened(user, "s") };
    await user.tell({ ...told, from: 1, to: 2, messages: [message(1, "apple"), message(2, "bear")] });
    await user.tell({ ...told, from: 1, to: 2, messages: [] });
    expect(await user.tell({ ...told, from: 3, to: 3, messages: [message(3, "cat")] })).toBe(3);
    const other = { sessionId: "other", epoch: await opened(user, "other") };
    await user.tell({ ...other, from: 1, to: 1, messages: [message(1, "dog")] });
    await user.forget("s", told.epoch);
    expect((await user.searchAll("cat dog", 10)).messages.map(({ content }) => content)).toEqual(["dog"]);
  });

  it("keeps messages of sessions that go on at once apart: they are no neighbours", async () => {
    const [user, one, two] = [freshUser(), freshSession(), freshSession()];
    for (let turn = 0; turn < 3; turn += 1) {
      await asks(one, user, `Figaro did trick ${turn}.`);
      await asks(two, user, `It rained, chapter ${turn}.`);
      await settled(one);
      await settled(two);
    }
    const { messages: found } = await userObject(user).searchAll("Figaro", 100);
    expect(found.length).toBeGreaterThan(2);
    expect(new Set(found.map(({ sessionId }) => sessionId))).toEqual(new Set([one]));
    expect(
      found
        .slice(0, 3)
        .map(({ seq }) => seq)
        .sort(),
    ).toEqual([1, 3, 5]);
  });
});

describe("an object that wakes", () => {
  it("knows whose session it is", async () => {
    const [user, session] = [freshUser(), freshSession()];
    await asks(session, user, "Hello.");
    await settled(session);
    await evictDurableObject(sessionObject(session));
    expect((await asks(session, freshUser(), "Hello.")).status).toBe(409);
    await runInDurableObject(sessionObject(session), (_, state) => {
      expect(new ChatDO(state, env).getHistory({ limit: 1 }, "nobody")).toMatchObject({ ok: false });
    });
  });
});
