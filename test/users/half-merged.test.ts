/** A merge that stops in between. Deletions before it is repeated delete facts, too, wherever these are. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { ChatDO } from "../../src/do/chat";
import { UserDO } from "../../src/do/user";
import { limitedCalls } from "../support/counted";
import { eventually } from "../support/eventually";
import { add, factsOf } from "../support/facts";
import { learnt, reply, tell, texts } from "../support/learning";
import { loseObject } from "../support/lose";
import { scriptedFacts } from "../support/scripted-model";
import { down, everythingIn, freshUser, owes, PATIENT, remove, sessionObject, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

const llamory = worker({ ...PATIENT, FACTS: "model" });
const merge = (userId: string, from: string) => llamory.post(`/users/${userId}/merge`, { from });
const sent = (session: string) => eventually(async () => expect(await owes(session)).toBe(false));

/** The places where a merge may stop. */
const STOPS: Record<string, () => unknown> = {
  "before its sessions move": () => vi.spyOn(ChatDO.prototype, "move").mockImplementation(down),
  "before its facts move": () => vi.spyOn(UserDO.prototype, "importFacts").mockImplementation(down),
  "after its facts were copied": () => {
    const { importFacts } = UserDO.prototype;
    vi.spyOn(UserDO.prototype, "importFacts").mockImplementation(function (this: UserDO, ...facts) {
      importFacts.apply(this, facts);
      return down();
    });
  },
};

/** Creates a user with two sessions and a fact from each, and begins to merge the user. */
async function halfMerged(stop: string) {
  const [user, other] = [freshUser(), freshUser()];
  await scriptedFacts(user, reply({ do: "add", text: "Has a dog." }), reply({ do: "add", text: "Keeps bees." }));
  const dog = await tell(user, "My dog is named Rex.");
  await learnt(user, "Has a dog.");
  const bees = await tell(user, "I keep bees.");
  await learnt(user, "Has a dog.", "Keeps bees.");
  await add(user, "Lives in Berlin.");
  STOPS[stop]?.();
  const stopped = await merge(other, user);
  expect([stopped.status, await stopped.json()]).toMatchObject([expect.any(Number), { code: expect.any(String) }]);
  vi.restoreAllMocks();
  for (const object of [userObject(user), userObject(other), sessionObject(dog)]) await loseObject(object);
  return { user, other, dog, bees };
}

/** Returns everything that is stored about two users. */
const stored = async (...users: string[]) =>
  (await Promise.all(users.map((user) => everythingIn(userObject(user))))).join();

describe.each(Object.keys(STOPS))("a merge that stops %s", (stop) => {
  it("keeps all facts, and is finished by another one", async () => {
    const { user, other, dog } = await halfMerged(stop);
    expect(new Set([...(await texts(user)), ...(await texts(other))])).toEqual(
      new Set(["Has a dog.", "Keeps bees.", "Lives in Berlin."]),
    );
    expect(await (await merge(other, user)).json()).toMatchObject({ done: true });
    expect(await texts(other)).toEqual(["Has a dog.", "Keeps bees.", "Lives in Berlin."]);
    expect(await stored(user)).not.toMatch(/dog|bees|Berlin/);
    expect((await remove(`/sessions/${dog}`)).status).toBe(200);
    expect(await texts(other)).toEqual(["Keeps bees.", "Lives in Berlin."]);
  });

  it("leaves no fact of a session that is deleted before another one", async () => {
    const { user, other, dog } = await halfMerged(stop);
    expect((await remove(`/sessions/${dog}`)).status).toBe(200);
    expect(await stored(user, other)).not.toMatch(/dog|Rex/);
    await merge(other, user);
    expect(await texts(other)).toEqual(["Keeps bees.", "Lives in Berlin."]);
    expect(await stored(user, other)).not.toMatch(/dog|Rex/);
  });

  it("leaves no fact of a turn that is deleted before another one, and learns from the rest of its session again", async () => {
    const { user, other, dog } = await halfMerged(stop);
    const parrot = reply({ do: "add", text: "Has a parrot." });
    await scriptedFacts(user, parrot);
    await scriptedFacts(other, parrot);
    await tell(user, "Hello.", dog).catch(() => tell(other, "I have a parrot.", dog));
    await eventually(async () => expect([...(await texts(user)), ...(await texts(other))]).toContain("Has a parrot."));
    const { data } = await (await llamory.fetch(`/sessions/${dog}/messages`)).json<{ data: { turnId: string }[] }>();
    expect((await remove(`/sessions/${dog}/turns/${data.at(-1)?.turnId}`)).status).toBe(200);
    expect(await stored(user, other)).not.toMatch(/dog|Rex/);
    await merge(other, user);
    await sent(dog);
    await learnt(other, "Has a parrot.", "Keeps bees.", "Lives in Berlin.");
  });

  it("leaves nothing of the sessions that belong to a user who is deleted before another one", async () => {
    const { user, other, dog } = await halfMerged(stop);
    for (const one of [other, user]) expect((await remove(`/users/${one}`)).status).toBe(200);
    expect(await stored(user, other)).not.toMatch(/dog|Rex|bees/);
    expect(await everythingIn(sessionObject(dog))).not.toContain("Rex");
  });

  it("gives facts of its sessions to no third user", async () => {
    const { user, other, dog } = await halfMerged(stop);
    const third = freshUser();
    await merge(third, user);
    expect((await remove(`/sessions/${dog}`)).status).toBe(200);
    expect(await stored(user, other, third)).not.toMatch(/dog|Rex/);
  });
});

describe("a merge that stops before its facts move", () => {
  it("learns again from a turn whose change is deleted with the fact that it changed", async () => {
    const [user, other] = [freshUser(), freshUser()];
    await scriptedFacts(
      user,
      reply({ do: "add", text: "Has a dog with epilepsy." }),
      reply({ do: "change", fact: 1, text: "Has a poodle with epilepsy." }),
    );
    const dog = await tell(user, "My dog has epilepsy.");
    await learnt(user, "Has a dog with epilepsy.");
    await tell(user, "My dog is a poodle.");
    await learnt(user, "Has a poodle with epilepsy.");
    STOPS["before its facts move"]?.();
    expect((await merge(other, user)).status).toBe(503);
    vi.restoreAllMocks();
    await scriptedFacts(other, reply({ do: "add", text: "Has a poodle." }));
    // The model of a user is that of their last turn.
    await tell(other, "Hello.", freshSession());
    await remove(`/sessions/${dog}`);
    await learnt(other, "Has a poodle.");
    expect(await stored(user, other)).not.toContain("epilepsy");
  });
});

describe("a merge", () => {
  it("moves at most 40 sessions in a request, and answers `done: false` until the last one", async () => {
    const [user, other] = [freshUser(), freshUser()];
    await scriptedFacts(user, reply({ do: "add", text: "Has a dog." }));
    const session = await tell(user, "My dog is named Rex.");
    await learnt(user, "Has a dog.");
    const messages = [{ role: "user", content: "Hello." }];
    for (let at = 0; at < 80; at += 1)
      await llamory.post(`/sessions/${freshSession()}/messages`, { userId: user, messages });
    const { calls, bindings } = limitedCalls();
    const counted = worker({ ...PATIENT, ...bindings });
    const moved: { sessions: number; facts: number; done: boolean }[] = [];
    while (moved.at(-1)?.done !== true && moved.length < 5) {
      const response = await counted.post(`/users/${other}/merge`, { from: user });
      moved.push(await response.json());
      expect(calls.splice(0).length).toBeLessThan(46);
    }
    expect(moved.map(({ sessions, done }) => [sessions, done])).toEqual([
      [40, false],
      [40, false],
      [1, true],
    ]);
    expect(moved.reduce((sum, { facts }) => sum + facts, 0)).toBe(1);
    await remove(`/sessions/${session}`);
    expect(await factsOf(other)).toEqual([]);
  });
});
