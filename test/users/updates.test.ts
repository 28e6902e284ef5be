import { afterEach, describe, expect, it, vi } from "vitest";
import { UserDO } from "../../src/do/user";
import { eventually } from "../support/eventually";
import { asks, beforeReply, freshUser, owes, remove, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

const llamory = worker();

describe("a long session that becomes a user's", () => {
  it("is sent in updates of at most 500 messages and about 2,000,000 characters, in order", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const part = (size: number, count: number) =>
      Array.from({ length: count }, (_, at) => ({ role: "user", content: `no. ${at} ${"x".repeat(size)}` }));
    for (const messages of [part(1, 1_000), part(31_000, 100), part(31_000, 100)]) {
      expect((await llamory.post(`/sessions/${session}/messages`, { messages })).status).toBe(201);
    }
    const tell = vi.spyOn(UserDO.prototype, "tell");
    await asks(session, user, "Hello.");
    await eventually(async () => expect(await owes(session)).toBe(false));
    const updates = tell.mock.calls.map(([{ from, to, messages: sent }]) => ({
      ...{ from, to, count: sent.length },
      characters: sent.reduce((sum, { content }) => sum + content.length, 0),
    }));
    expect(updates.map(({ from }) => from)).toEqual([1, ...updates.slice(0, -1).map(({ to }) => to + 1)]);
    expect(updates.at(-1)?.to).toBe(1_202);
    for (const { count, characters } of updates) {
      expect(count).toBeLessThanOrEqual(500);
      expect(characters).toBeLessThanOrEqual(2_000_000);
    }
    // Updates are not smaller than necessary either.
    expect(updates.length).toBeLessThanOrEqual(7);
    expect(await userObject(user).sessions(1)).toMatchObject([{ messages: 1_202 }]);
  });
});

it("a fork is listed with all its messages if a turn is deleted while the user's object gets the next one", async () => {
  const [user, session, fork] = [freshUser(), freshSession(), freshSession()];
  const settled = () => eventually(async () => expect(await owes(fork)).toBe(false));
  await asks(session, user, "I like figs.");
  await llamory.post(`/sessions/${session}/fork`, { sessionId: fork });
  const { turnId } = await (await llamory.ask(fork, "I like plums.")).json<{ turnId: string }>();
  await settled();
  let deleting: Promise<Response> | undefined;
  beforeReply("tell", async () => {
    deleting = remove(`/sessions/${fork}/turns/${turnId}`);
    // Lets the deletion reach the user's object first, if it does not wait.
    for (let calls = 0; calls < 5; calls += 1) await llamory.fetch(`/users/${user}/sessions`);
  });
  await llamory.ask(fork, "I like pears.");
  await settled();
  expect((await deleting)?.status).toBe(200);
  expect(await userObject(user).sessions(2)).toContainEqual(expect.objectContaining({ sessionId: fork, messages: 4 }));
});
