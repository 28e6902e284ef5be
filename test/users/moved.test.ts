/** Moving sessions to another user, and merging users. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { eventually } from "../support/eventually";
import { add, factsOf } from "../support/facts";
import { learnt, reply, tell, texts } from "../support/learning";
import { scriptedFacts } from "../support/scripted-model";
import {
  asks,
  copyOf,
  down,
  everythingIn,
  freshUser,
  later,
  owes,
  PATIENT,
  remove,
  replaced,
  sessionObject,
  told,
  userObject,
} from "../support/users";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

const llamory = worker({ ...PATIENT, FACTS: "model" });
const move = (session: string, userId: string) => llamory.patch(`/sessions/${session}`, { userId });
const merge = (userId: string, from: string) => llamory.post(`/users/${userId}/merge`, { from });
const sent = (session: string) => eventually(async () => expect(await owes(session)).toBe(false));

/** Creates a user with a fact that the model has learned. */
async function taught() {
  const user = freshUser();
  await scriptedFacts(user, reply({ do: "add", text: "Has a dog." }));
  const session = await tell(user, "My dog is named Rex.");
  await learnt(user, "Has a dog.");
  return { user, session };
}

describe("PATCH /sessions/:sessionId with userId", () => {
  it("moves the session: the former user loses its messages and facts, and the new one gets and learns them", async () => {
    const { user, session } = await taught();
    await add(user, "Lives in Berlin.");
    const other = freshUser();
    await scriptedFacts(other, reply({ do: "add", text: "Has a dog named Rex." }));
    const moved = await move(session, other);
    expect([moved.status, await moved.json()]).toEqual([200, { ok: true, sessionId: session, userId: other }]);
    await sent(session);
    await learnt(user, "Lives in Berlin.");
    await learnt(other, "Has a dog named Rex.");
    expect(await everythingIn(userObject(user))).not.toMatch(/Rex|dog/);
    expect(await copyOf(other)).toHaveLength(2);
    expect((await asks(session, user, "Hello?")).status).toBe(409);
    expect((await asks(session, other, "Hello?")).status).toBe(200);
    await remove(`/users/${other}`);
    expect(await everythingIn(sessionObject(session))).not.toContain("Rex");
  });

  it("gives a session without a user one, and changes nothing for the same user or an empty session", async () => {
    const [user, session] = [freshUser(), freshSession()];
    expect((await move(session, user)).status).toBe(404);
    await llamory.ask(session, "I like figs.");
    for (let times = 0; times < 2; times += 1) {
      expect((await move(session, user)).status).toBe(200);
      await sent(session);
      expect(await copyOf(user)).toHaveLength(2);
    }
  });

  it("is finished by the alarm if the former user's object does not answer, and a deletion waits for it", async () => {
    const { user, session } = await told();
    const other = freshUser();
    replaced("forget", down);
    expect((await move(session, other)).status).toBe(200);
    await eventually(async () => expect(await owes(session)).toBe(true));
    expect(await copyOf(user)).toContain("My secret is mango.");
    expect((await remove(`/sessions/${session}`)).status).toBe(503);
    vi.restoreAllMocks();
    await runInDurableObject(sessionObject(session), (object) => later(3_600_000, () => object.alarm()));
    expect(await everythingIn(userObject(user))).not.toContain("mango");
    expect(await copyOf(other)).toContain("My secret is mango.");
    expect(await llamory.transcript(session)).toHaveLength(2);
  });

  it("changes nothing if the new user's object does not answer, or the user is being deleted", async () => {
    const { user, session } = await told();
    replaced("open", down);
    expect((await move(session, freshUser())).status).toBe(503);
    vi.restoreAllMocks();
    expect(await copyOf(user)).toContain("My secret is mango.");
    expect((await asks(session, user, "Hello?")).status).toBe(200);
  });
});

describe("a moved session", () => {
  it("is deleted with its new user in the former user's object too, which did not answer before", async () => {
    const { user, session } = await told();
    const other = freshUser();
    replaced("forget", down);
    expect((await move(session, other)).status).toBe(200);
    // Nothing is deleted by halves: the deletion is repeated until the former user's object answers.
    expect((await remove(`/users/${other}`)).status).toBe(503);
    vi.restoreAllMocks();
    expect((await remove(`/users/${other}`)).status).toBe(200);
    expect(await copyOf(user)).not.toContain("My secret is mango.");
    expect(await everythingIn(sessionObject(session))).not.toContain("mango");
  });

  it("that was imported without learning teaches its new user nothing", async () => {
    const { user, session } = await taught();
    const body = await (await llamory.fetch(`/sessions/${session}/export`)).text();
    const [copy, other] = [freshSession(), freshUser()];
    const headers = { "content-type": "application/x-ndjson" };
    const path = `/sessions/${copy}/import?userId=${user}`;
    expect((await llamory.fetch(path, { method: "POST", headers, body })).status).toBe(201);
    await sent(copy);
    const model = await scriptedFacts(other, reply({ do: "add", text: "Has a parrot." }));
    expect((await move(copy, other)).status).toBe(200);
    await sent(copy);
    // A later turn is learned from, so the model has been called for everything before it.
    await tell(other, "I have a parrot.");
    await learnt(other, "Has a parrot.");
    expect(await model.runs()).toHaveLength(1);
  });
});

describe("POST /users/:userId/merge", () => {
  it("moves facts with their versions and sources, and sessions, without learning again", async () => {
    const { user, session } = await taught();
    await add(user, "Lives in Berlin.");
    await add(user, "Keeps bees.");
    const other = freshUser();
    const model = await scriptedFacts(other, reply({ do: "add", text: "Has a parrot." }));
    const own = await add(other, "keeps  bees.");
    const before = await factsOf(user);
    const merged = await merge(other, user);
    expect([merged.status, await merged.json()]).toEqual([
      200,
      { ok: true, userId: other, sessions: 1, facts: 2, done: true },
    ]);
    await sent(session);
    const facts = await factsOf(other);
    expect(facts).toHaveLength(3);
    expect(facts).toEqual(expect.arrayContaining([own, ...before.filter(({ text }) => text !== "Keeps bees.")]));
    expect(await copyOf(other)).toHaveLength(2);
    expect(await model.runs()).toHaveLength(0);
    await eventually(async () => expect(await everythingIn(userObject(user))).not.toMatch(/Rex|Berlin|bees/));
    // The fact still depends on the session.
    await remove(`/sessions/${session}`);
    await eventually(async () => expect(await texts(other)).toEqual(["Lives in Berlin.", "keeps  bees."]));
    const again = await merge(other, user);
    expect(await again.json()).toMatchObject({ sessions: 0, facts: 0, done: true });
  });

  it("moves a session whose only turn was deleted, and copies of a session without storing them twice", async () => {
    const { user, session } = await told();
    const fork = await (await llamory.post(`/sessions/${session}/fork`, {})).json<{ sessionId: string }>();
    const empty = freshSession();
    const { turnId } = await (await asks(empty, user, "My hive is called Rosa.")).json<{ turnId: string }>();
    for (const one of [session, fork.sessionId, empty]) await sent(one);
    expect((await remove(`/sessions/${empty}/turns/${turnId}`)).status).toBe(200);
    const copies = (await copyOf(user)).filter((text) => text === "My secret is mango.");
    const other = freshUser();
    expect(await (await merge(other, user)).json()).toMatchObject({ done: true });
    for (const one of [session, fork.sessionId, empty]) await sent(one);
    expect((await copyOf(other)).filter((text) => text === "My secret is mango.")).toEqual(copies);
    expect((await asks(empty, other, "Hello?")).status).toBe(200);
  });

  it("keeps what a person wrote, where the model has learned the same from a session of the other user", async () => {
    const { user: other, session } = await taught();
    const user = freshUser();
    await add(user, "Has a dog.", { pinned: true });
    expect(await (await merge(other, user)).json()).toMatchObject({ facts: 0, done: true });
    expect(await factsOf(other)).toMatchObject([{ text: "Has a dog.", writtenBy: "person", pinned: true }]);
    await remove(`/sessions/${session}`);
    expect(await texts(other)).toEqual(["Has a dog."]);
  });

  it("refuses a user and itself, and moves nothing if the facts do not fit", async () => {
    const [user, other] = [freshUser(), freshUser()];
    await add(user, "Lives in Berlin.");
    const itself = await merge(user, user);
    expect([itself.status, await itself.json()]).toMatchObject([400, { errors: [{ path: "from" }] }]);
    expect(await texts(user)).toEqual(["Lives in Berlin."]);
    for (let at = 0; at < 500; at += 1) await userObject(other).addFact(`Fact ${at}.`, null);
    const refused = await merge(other, user);
    expect([refused.status, await refused.json()]).toMatchObject([422, { code: "facts_full" }]);
    expect(await texts(user)).toEqual(["Lives in Berlin."]);
  });
});
