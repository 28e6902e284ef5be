import { afterEach, describe, expect, it, vi } from "vitest";
import { UserDO } from "../../src/do/user";
import { eventually } from "../support/eventually";
import { asks, freshUser, owes, userObject } from "../support/users";
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
