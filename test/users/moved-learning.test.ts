/** Learning that is pending when its session moves to another user. */
import { evictDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ChatDO } from "../../src/do/chat";
import { UserDO } from "../../src/do/user";
import { eventually } from "../support/eventually";
import { add } from "../support/facts";
import { done, learnt, reply, tell, texts } from "../support/learning";
import { HELD, scriptedFacts } from "../support/scripted-model";
import { down, freshUser, owes, PATIENT, replaced, ringLater, sessionObject, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

const llamory = worker({ ...PATIENT, FACTS: "model" });
const patch = (session: string, body: object) => llamory.patch(`/sessions/${session}`, body);
const sent = (session: string) => eventually(async () => expect(await owes(session)).toBe(false));
const saidTo = async (model: Awaited<ReturnType<typeof scriptedFacts>>) =>
  (await model.runs()).map(({ inputs }) => inputs.messages[1]?.content.match(/^> user: .*/gm)?.length ?? 0);

const MOVES: Record<string, (session: string, from: string, to: string) => Promise<Response>> = {
  "moves by itself": (session, _, userId) => patch(session, { userId }),
  "moves in a merge": (_, from, userId) => llamory.post(`/users/${userId}/merge`, { from }),
};

/** Appends messages that facts are learned from. */
async function append(session: string, userId: string, count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, at) => ({ role: "user", content: `Line ${at} of a letter.` }));
  const body = { userId, learn: true, messages };
  expect((await llamory.post(`/sessions/${session}/messages`, body)).status).toBe(201);
  await sent(session);
}

describe.each(Object.keys(MOVES))("a session that %s", (how) => {
  const move = async (session: string, from: string, to: string) => {
    const moved = await MOVES[how]?.(session, from, to);
    expect(moved?.status).toBe(200);
    await sent(session);
  };

  it("takes along the turns that a model is reading", async () => {
    const [user, other] = [freshUser(), freshUser()];
    const held = await scriptedFacts(user, { ...HELD, ...reply({ do: "add", text: "Has a dog." }) });
    const model = await scriptedFacts(other, reply({ do: "add", text: "Has a dog named Rex." }));
    const session = await tell(user, "My dog is named Rex.");
    await held.called();
    await move(session, user, other);
    await learnt(other, "Has a dog named Rex.");
    await held.go();
    await done(user);
    await done(other);
    expect([await texts(user), await saidTo(model)]).toEqual([[], [1]]);
  });

  it("takes along the appended messages that wait for tomorrow, and those that a model is reading", async () => {
    const [user, other, session] = [freshUser(), freshUser(), freshSession()];
    const held = await scriptedFacts(user, reply({ do: "add", text: "Keeps bees." }), { ...HELD, ...reply() });
    const model = await scriptedFacts(other, reply({ do: "add", text: "Keeps bees." }), reply());
    await append(session, user, 70);
    await learnt(user, "Keeps bees.");
    await held.called();
    await move(session, user, other);
    await learnt(other, "Keeps bees.");
    await done(other);
    // A merge also moves the fact of the first twenty.
    const isMerge = how === "moves in a merge";
    expect(await saidTo(model)).toEqual(isMerge ? [20, 20, 10] : [20, 20, 20, 10]);
    await held.go();
    await done(user);
    expect(await texts(user)).toEqual([]);
  });

  it("takes along learning that its former user's object has not got yet, after the objects were evicted", async () => {
    const [user, other, session] = [freshUser(), freshUser(), freshSession()];
    const nothing = await scriptedFacts(user, reply());
    const model = await scriptedFacts(other, reply({ do: "add", text: "Has a dog." }));
    await add(user, "Lives in Berlin.");
    replaced("tell", down);
    const messages = [{ role: "user", content: "I have a dog." }];
    await llamory.post(`/sessions/${session}/messages`, { userId: user, learn: true, messages });
    await llamory.post("/ask", { sessionId: session, userId: user, question: "What do you think of dogs?" });
    const moved = await MOVES[how]?.(session, user, other);
    expect(moved?.status).toBe(200);
    for (const object of [sessionObject(session), userObject(user)]) await evictDurableObject(object);
    vi.restoreAllMocks();
    await ringLater(session);
    await sent(session);
    await learnt(other, ...(how === "moves in a merge" ? ["Has a dog.", "Lives in Berlin."] : ["Has a dog."]));
    await done(other);
    expect([await saidTo(model), await saidTo(nothing)]).toEqual([[1, 1], []]);
  });
});

it("a session that moves alone costs its Worker one call", async () => {
  const [user, other] = [freshUser(), freshUser()];
  const session = await tell(user, "Hello.");
  const change = vi.spyOn(ChatDO.prototype, "change");
  expect((await patch(session, { userId: other })).status).toBe(200);
  expect(change).not.toHaveBeenCalled();
  expect((await patch(session, { userId: user, title: "Greetings" })).status).toBe(200);
  expect(change).toHaveBeenCalledOnce();
});

it("an edit of a fact while a merge moves it is kept or refused, and the fact is stored once", async () => {
  const [user, other] = [freshUser(), freshUser()];
  const { id } = await add(user, "Lives in Berlin.");
  const { importFacts } = UserDO.prototype;
  let edited: Promise<{ ok: boolean }> | undefined;
  vi.spyOn(UserDO.prototype, "importFacts").mockImplementationOnce(function (this: UserDO, ...facts) {
    edited = Promise.resolve(userObject(user).changeFact(id, { text: "Lives in Lisbon." }));
    return importFacts.apply(this, facts);
  });
  expect((await llamory.post(`/users/${other}/merge`, { from: user })).status).toBe(200);
  const text = (await edited)?.ok ? "Lives in Lisbon." : "Lives in Berlin.";
  expect([await texts(user), await texts(other)]).toEqual([[], [text]]);
});
