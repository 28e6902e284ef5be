import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { ChatDO } from "../../src/do/chat";
import { askRequest } from "../support/ask-request";
import { eventually } from "../support/eventually";
import { lose } from "../support/lose";
import { heldError, scripted } from "../support/scripted-model";
import { digestOf } from "../support/tokens";
import {
  asks,
  copyOf,
  down,
  freshSessions,
  freshUser,
  owes,
  PATIENT,
  remove,
  replaced,
  sessionObject,
} from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);
const forked = (from: string, body: object, headers?: Record<string, string>) =>
  llamory.post(`/sessions/${from}/fork`, body, headers);
const codeOf = async (response: Response) => [response.status, (await response.json<{ code: string }>()).code];
const told = (session: string) => eventually(async () => expect(await owes(session)).toBe(false));

/** Creates a session of a user with two turns. */
async function original(): Promise<{ user: string; session: string; fork: string }> {
  const [user, [session = "", fork = ""]] = [freshUser(), freshSessions(2)];
  await scripted(session, { response: "Noted." });
  await asks(session, user, "My secret is mango.");
  await asks(session, user, "I like figs.");
  await told(session);
  return { user, session, fork };
}

describe("a fork", () => {
  it("is a new session with the messages before a number, and both continue on their own", async () => {
    const { session, fork } = await original();
    await llamory.patch(`/sessions/${session}`, { title: "Fruit", instructions: "You are Ada." });
    const response = await forked(session, { before: 3, sessionId: fork });
    expect(response.status).toBe(201);
    const origin = { sessionId: session, before: 3 };
    expect(await response.json()).toEqual({ sessionId: fork, forkedFrom: origin, messages: 2 });
    const model = await scripted(fork, { response: "Yes." });
    await llamory.ask(fork, "And plums?");
    const copied = ["user: My secret is mango.", "assistant: Noted."];
    expect(await llamory.transcript(fork)).toEqual([...copied, "user: And plums?", "assistant: Yes."]);
    expect(await llamory.transcript(session)).toHaveLength(4);
    const prompt = JSON.stringify((await model.runs())[0]?.inputs.messages);
    for (const part of ["mango", "You are Ada."]) expect(prompt).toContain(part);
    expect(await (await llamory.fetch(`/sessions/${fork}`)).json()).toMatchObject({ title: "Fruit" });
  });

  it.each([
    ["in the window", {}],
    ["recalled", { windowTokens: 0 }],
  ])("has each copied message in its prompts once, not again from the first session: %s", async (_, limits) => {
    const { user, session, fork } = await original();
    await forked(session, { sessionId: fork });
    await asks(session, user, "My mango tree is in bloom.");
    await told(session);
    const asked = { question: "What is my secret about the mango?", userId: user, ...limits };
    const { messages } = await (await llamory.post(`/sessions/${fork}/context`, asked)).json<{
      messages: { content: string }[];
    }>();
    const prompt = JSON.stringify(messages);
    expect(prompt.split("My secret is mango.")).toHaveLength(2);
    expect(prompt).toContain("My mango tree is in bloom.");
  });

  it("has the settings of the first session alone, not those that its own id had before", async () => {
    const { session, fork } = await original();
    await llamory.patch(`/sessions/${session}`, { timeZone: "Europe/Lisbon" });
    await llamory.patch(`/sessions/${fork}`, { instructions: "You are Ada.", timeZone: "UTC" });
    expect((await forked(session, { sessionId: fork })).status).toBe(201);
    const read = await llamory.fetch(`/sessions/${fork}`);
    expect(await read.json()).toMatchObject({ instructions: null, timeZone: "Europe/Lisbon" });
  });

  it("of a session without a user has no settings that its own id had before, either", async () => {
    const [session = "", fork = ""] = freshSessions(2);
    await scripted(session, { response: "Noted." });
    await llamory.ask(session, "My secret is mango.");
    await llamory.patch(`/sessions/${fork}`, { instructions: "You are Ada." });
    expect((await forked(session, { sessionId: fork })).status).toBe(201);
    expect(await (await llamory.fetch(`/sessions/${fork}`)).json()).toMatchObject({ instructions: null });
  });

  it("of a session that gets another owner meanwhile contains nothing of that owner", async () => {
    const { session, fork } = await original();
    const spy = vi.spyOn(ChatDO.prototype, "beginImport").mockImplementationOnce(async function (
      this: ChatDO,
      ...args
    ) {
      await llamory.post("/reset", { sessionId: session });
      await asks(session, freshUser(), "Another person's secret.");
      spy.mockRestore();
      return this.beginImport(...args);
    });
    await forked(session, { sessionId: fork });
    expect(JSON.stringify(await llamory.transcript(fork))).not.toContain("Another");
    expect(JSON.stringify(await llamory.transcript(session))).toContain("Another");
  });

  it("contains all by default, and gets an id of its own", async () => {
    const { session } = await original();
    const body = await (await forked(session, {})).json<{ sessionId: string; messages: number }>();
    expect(body).toMatchObject({ forkedFrom: { before: null }, messages: 4 });
    expect(await llamory.transcript(body.sessionId)).toEqual(await llamory.transcript(session));
  });

  it("before an answer ends with its question", async () => {
    const { session, fork } = await original();
    expect(await (await forked(session, { before: 4, sessionId: fork })).json()).toMatchObject({ messages: 3 });
    expect((await llamory.transcript(fork)).at(-1)).toBe("user: I like figs.");
  });

  it("belongs to the session's user, whose memory does not store the copy again but lists it", async () => {
    const { user, session, fork } = await original();
    const copy = await copyOf(user);
    expect((await forked(session, { before: 3, sessionId: fork })).status).toBe(201);
    await told(fork);
    expect(await copyOf(user)).toEqual(copy);
    const listed = async () => {
      const { data } = await (await llamory.fetch(`/users/${user}/sessions`)).json<{ data: object[] }>();
      return data;
    };
    expect(await listed()).toContainEqual(
      expect.objectContaining({ sessionId: fork, messages: 2, title: "My secret is mango." }),
    );
    await llamory.ask(fork, "I like plums.");
    await told(fork);
    expect(await copyOf(user)).toEqual([...copy, "I like plums.", expect.any(String)]);
    expect(await listed()).toContainEqual(expect.objectContaining({ sessionId: fork, messages: 4 }));
    expect(await codeOf(await asks(fork, freshUser(), "Hello."))).toEqual([409, "session_of_another_user"]);
  });

  it("is deleted with the user, also if it was never used, and stays if the first session is deleted", async () => {
    const { user, session, fork } = await original();
    await forked(session, { sessionId: fork });
    await remove(`/sessions/${session}`);
    expect(await llamory.transcript(fork)).toHaveLength(4);
    expect((await remove(`/users/${user}`)).status).toBe(200);
    expect(await llamory.transcript(fork)).toEqual([]);
  });

  it("fails if its user is deleted while it is copied", async () => {
    const { user, session, fork } = await original();
    const spy = vi.spyOn(ChatDO.prototype, "finishImport").mockImplementationOnce(async function (
      this: ChatDO,
      ...args
    ) {
      await remove(`/users/${user}`);
      spy.mockRestore();
      return this.finishImport(...args);
    });
    expect(await codeOf(await forked(session, { sessionId: fork }))).toEqual([409, "user_being_deleted"]);
    expect(await llamory.transcript(fork)).toEqual([]);
  });

  it("is absent if an object is lost while it is copied", async () => {
    const { session, fork } = await original();
    const spy = vi.spyOn(ChatDO.prototype, "finishImport").mockImplementationOnce(async () => {
      await lose(fork);
      throw new Error("lost");
    });
    expect((await forked(session, { sessionId: fork })).status).toBeGreaterThanOrEqual(500);
    spy.mockRestore();
    expect(await llamory.transcript(fork)).toEqual([]);
    expect((await forked(session, { sessionId: fork })).status).toBe(201);
    await lose(fork);
    expect(await llamory.transcript(fork)).toHaveLength(4);
  });

  it("is refused for an id in use, another user, an empty session and unknown fields, and changes nothing", async () => {
    const { session, fork } = await original();
    await llamory.ask(fork, "Taken.");
    expect(await codeOf(await forked(session, { sessionId: fork }))).toEqual([409, "session_not_empty"]);
    const other = { sessionId: freshSession(), userId: freshUser() };
    expect(await codeOf(await forked(session, other))).toEqual([409, "session_of_another_user"]);
    expect(await codeOf(await forked(freshSession(), {}))).toEqual([404, "session_empty"]);
    expect(await codeOf(await forked(session, { before: 0 }))).toEqual([400, "invalid_request"]);
    expect(await codeOf(await forked(session, { befor: 3 }))).toEqual([400, "invalid_request"]);
    expect(await llamory.transcript(fork)).toHaveLength(2);
  });

  it("stores nothing if the user's memory is unavailable", async () => {
    const { session, fork } = await original();
    const open = replaced("open", down);
    expect(await codeOf(await forked(session, { sessionId: fork }))).toEqual([503, "user_unreachable"]);
    open.mockRestore();
    expect(await runInDurableObject(sessionObject(fork), (_, { storage }) => storage.list())).toEqual(new Map());
    expect(await llamory.transcript(fork)).toEqual([]);
  });

  it("copies a long session in pages, without what was deleted", async () => {
    const [session, fork] = freshSessions(2);
    const messages = Array.from({ length: 1_000 }, (_, at) => ({
      role: "user",
      content: `${at} ${"fig ".repeat(400)}`,
    }));
    await llamory.post(`/sessions/${session}/messages`, { messages });
    await remove(`/sessions/${session}/messages/500`);
    expect(await (await forked(session ?? "", { sessionId: fork })).json()).toMatchObject({ messages: 999 });
    expect(await llamory.transcript(fork ?? "")).toEqual(await llamory.transcript(session ?? ""));
  });

  it("is for API tokens and the user's own token", async () => {
    const key = { AUTH: "tokens", SESSION_KEY: "k".repeat(32), API_TOKENS: await digestOf("mine") } as const;
    const locked = worker({ ...PATIENT, ...key });
    const mine = { authorization: "Bearer mine" };
    const { user, session } = await original();
    const statusWith = async (body: object) => {
      const { token } = await (await locked.post("/tokens", body, mine)).json<{ token: string }>();
      const headers = { authorization: `Bearer ${token}` };
      return (await locked.post(`/sessions/${session}/fork`, {}, headers)).status;
    };
    expect(await statusWith({ sessionIds: [session] })).toBe(403);
    expect(await statusWith({ userId: freshUser() })).toBe(404);
    expect(await statusWith({ userId: user })).toBe(201);
  });
});

it("an import keeps its user if an earlier one of the session fails meanwhile", async () => {
  const [session, user] = [freshSession(), freshUser()];
  const object = sessionObject(session);
  const requestOf = (name: string) => {
    const own = { object: name, sessionId: session, canClaim: true, timeoutMs: 30_000, factTokens: 0 };
    return askRequest("", "", { user: own });
  };
  const first = await object.beginImport(requestOf(freshUser()));
  // A turn that will fail occupies the queue, and the first import waits for it.
  const model = await scripted(session, heldError("3003: no"));
  const asked = asks(session, user, "Hello?");
  await model.called();
  const early = object.finishImport(first.ok ? first.value : "", requestOf(freshUser()));
  const second = await object.beginImport(requestOf(user));
  const id = second.ok ? second.value : "";
  const entry = { message: { role: "user" as const, content: "I like figs.", createdAt: 1 } };
  await object.addToImport(id, [entry], { messages: 10, bytes: 1e9 });
  await model.go();
  expect((await asked).status).toBe(500);
  expect(await early).toMatchObject({ failure: { reason: "import_interrupted" } });
  expect(await object.finishImport(id, requestOf(user))).toMatchObject({ value: { messages: 1 } });
  await told(session);
  expect(await copyOf(user)).toEqual(["I like figs."]);
});
