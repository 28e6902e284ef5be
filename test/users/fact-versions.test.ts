/** Facts over time: versions, their sources, and the deletion of what taught them. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { add, change, factsOf } from "../support/facts";
import { done, learnt, reply, tell, texts } from "../support/learning";
import { HELD, scripted, scriptedFacts } from "../support/scripted-model";
import { everythingIn, freshUser, later, PATIENT, remove, sessionObject, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);

const DOG = "Has a dog named Rex with epilepsy.";
const POODLE = "Has a dog named Rex, a poodle with epilepsy.";

interface Version {
  version: number;
  text: string;
  writtenBy: string;
  endedAt: string | null;
}

const list = async (user: string, query = "") =>
  (
    await (
      await llamory.fetch(`/users/${user}/facts${query}`)
    ).json<{
      data: { id: string; text: string; endedAt?: string | null }[];
    }>()
  ).data;

async function historyOf(user: string, id: string): Promise<Version[]> {
  const response = await llamory.fetch(`/users/${user}/facts/${id}/history`);
  return response.status === 404 ? [] : (await response.json<{ data: Version[] }>()).data;
}

const revert = (user: string, id: string, version: number) =>
  llamory.post(`/users/${user}/facts/${id}/revert`, { version });

const firstOf = async (user: string) => (await list(user))[0]?.id ?? "";

/** Returns everything that a client or a model can read of a user's facts. */
async function readable(user: string): Promise<string> {
  const session = freshSession();
  const model = await scripted(session, { response: "ok" });
  await llamory.post("/ask", { sessionId: session, userId: user, question: "What is my dog called?" });
  const [prompts, everything] = [await model.runs(), await everythingIn(userObject(user))];
  await remove(`/sessions/${session}`);
  const search = await (await llamory.fetch(`/users/${user}/search?q=epilepsy`)).text();
  const facts = await list(user, "?history=true");
  const histories = await Promise.all(facts.map(({ id }) => historyOf(user, id)));
  return JSON.stringify([prompts, search, facts, histories, everything]);
}

/** Teaches a fact in one session and its change in another. */
async function taught(...later: unknown[]) {
  const user = freshUser();
  const model = await scriptedFacts(
    user,
    reply({ do: "add", text: DOG }),
    reply({ do: "change", fact: 1, text: POODLE }),
    ...(later.length > 0 ? later : [reply({ do: "add", text: "Has a poodle." })]),
  );
  const first = await tell(user, "My dog is named Rex and he has epilepsy.");
  await learnt(user, DOG);
  const second = await tell(user, "My dog is a poodle.");
  await learnt(user, POODLE);
  return { user, model, first, second };
}

describe("a fact that the model changed", () => {
  it("loses what a deleted session taught it, and the other session is learned from again", async () => {
    const { user, first } = await taught();
    expect((await remove(`/sessions/${first}`)).status).toBe(200);
    await learnt(user, "Has a poodle.");
    await evictDurableObject(userObject(user));
    expect(await readable(user)).not.toContain("epilepsy");
    expect(await texts(user)).toEqual(["Has a poodle."]);
  });

  it("is as before when the session of the change is deleted", async () => {
    const { user, second } = await taught();
    const id = await firstOf(user);
    expect((await historyOf(user, id)).map(({ text }) => text)).toEqual([POODLE, DOG]);
    await remove(`/sessions/${second}`);
    await evictDurableObject(userObject(user));
    expect(await texts(user)).toEqual([DOG]);
    expect(await historyOf(user, id)).toMatchObject([{ version: 1, text: DOG, endedAt: null }]);
  });

  it("is learned again also when only the turn is deleted, and when the object is lost meanwhile", async () => {
    const { user, first, model } = await taught(new Error("3040: busy"));
    const { data } = await (await llamory.fetch(`/sessions/${first}/messages`)).json<{ data: { turnId: string }[] }>();
    expect(await sessionObject(first).withdrawTurn(data[0]?.turnId ?? "")).toMatchObject({ ok: true });
    await eventually(async () => expect(await everythingIn(userObject(user))).toContain('\\"failures\\":1'));
    expect(await readable(user)).not.toContain("epilepsy");
    await evictDurableObject(userObject(user));
    await model.set([reply({ do: "add", text: "Has a poodle." })]);
    await later(300_000, () => runInDurableObject(userObject(user), (object) => object.alarm()));
    expect(await texts(user)).toEqual(["Has a poodle."]);
  });

  it("keeps its text if another turn taught the same, and nothing of it if the model only repeated it", async () => {
    const { user, first, second } = await taught(
      reply({ do: "add", text: ` ${POODLE.toUpperCase()}` }),
      reply({ do: "change", fact: 1, text: POODLE }),
      reply(),
    );
    const third = await tell(user, "My poodle Rex has epilepsy.");
    await done(user);
    await tell(user, "Is Rex a nice name?");
    await done(user);
    const sources = (await factsOf(user))[0]?.sources.map(({ sessionId }) => sessionId);
    expect(sources).toEqual([second, third]);
    await remove(`/sessions/${first}`);
    await done(user);
    expect(await texts(user)).toEqual([POODLE]);
    expect((await factsOf(user))[0]?.sources.map(({ sessionId }) => sessionId)).toEqual([third]);
    await remove(`/sessions/${third}`);
    await done(user);
    expect(await texts(user)).toEqual([]);
  });

  it("is not repeated from a reply that came after its deletion", async () => {
    const { user, first, model } = await taught(HELD, reply({ do: "add", text: "Likes parks." }));
    await tell(user, "Rex likes the park.");
    await model.called();
    await remove(`/sessions/${first}`);
    await model.go();
    await done(user);
    expect(await readable(user)).not.toContain("epilepsy");
    expect(await texts(user)).toEqual(["Likes parks."]);
  });
});

describe("a fact that a person wrote", () => {
  const taughtOver = async (over: object) => {
    const user = freshUser();
    const fact = await add(user, "Lives in Berlin.");
    const model = await scriptedFacts(user, reply(over));
    const session = await tell(user, "I moved to Lisbon last week.");
    await done(user);
    return { user, fact, session, model };
  };

  it("is current again when the session that changed it is deleted", async () => {
    const { user, fact, session } = await taughtOver({ do: "change", fact: 1, text: "Lives in Lisbon." });
    expect(await factsOf(user)).toMatchObject([{ id: fact.id, text: "Lives in Lisbon.", writtenBy: "model" }]);
    await remove(`/sessions/${session}`);
    await evictDurableObject(userObject(user));
    expect(await factsOf(user)).toEqual([fact]);
  });

  it("ends when the model drops it, is listed with the ended ones, and can be restored", async () => {
    const { user, fact } = await taughtOver({ do: "drop", fact: 1 });
    expect(await list(user)).toEqual([]);
    expect(await list(user, "?history=true")).toMatchObject([{ id: fact.id, text: "Lives in Berlin." }]);
    expect(await historyOf(user, fact.id)).toMatchObject([{ version: 1, endedAt: expect.any(String) }]);
    expect((await change(user, fact.id, "x")).status).toBe(404);
    const restored = await (await revert(user, fact.id, 1)).json();
    expect(restored).toMatchObject({ id: fact.id, text: "Lives in Berlin.", writtenBy: "person" });
    expect(await texts(user)).toEqual(["Lives in Berlin."]);
    expect((await historyOf(user, fact.id)).map(({ version }) => version)).toEqual([3, 1]);
  });

  it("is current again when the session that dropped it is deleted", async () => {
    const { user, fact, session } = await taughtOver({ do: "drop", fact: 1 });
    await remove(`/sessions/${session}`);
    expect(await factsOf(user)).toEqual([fact]);
  });

  it("stays when the session is deleted whose fact it replaced", async () => {
    const { user, first } = await taught(reply());
    const id = await firstOf(user);
    await change(user, id, "Has a poodle called Rex.");
    await remove(`/sessions/${first}`);
    await done(user);
    expect(await texts(user)).toEqual(["Has a poodle called Rex."]);
    expect(await readable(user)).not.toContain("epilepsy");
  });

  it("is one fact however often it is written, in any case and spacing, and takes over the model's", async () => {
    const user = freshUser();
    const model = await scriptedFacts(user, reply({ do: "add", text: "keeps  bees" }));
    const sessions = [];
    for (const said of ["I keep bees.", "My bees!", "Bees again."]) sessions.push(await tell(user, said));
    await done(user);
    expect(await factsOf(user)).toMatchObject([
      { text: "keeps  bees", sources: sessions.map((sessionId) => ({ sessionId })) },
    ]);
    expect(await model.runs()).toHaveLength(3);
    const ids = [await add(user, "Keeps bees."), await add(user, "KEEPS  BEES."), await add(user, " keeps bees.")].map(
      ({ id }) => id,
    );
    expect(new Set(ids).size).toBe(1);
    for (const session of sessions) await remove(`/sessions/${session}`);
    expect(await factsOf(user)).toMatchObject([{ id: ids[0], writtenBy: "person", sources: [] }]);
  });
});

describe("a revert", () => {
  it("returns to the model's words only for as long as their session exists", async () => {
    const { user, first, second } = await taught(reply());
    const id = await firstOf(user);
    await change(user, id, "Has a cat.");
    const reverted = await revert(user, id, 2);
    expect(await reverted.json()).toMatchObject({ text: POODLE, writtenBy: "model", sources: [{ sessionId: second }] });
    await remove(`/sessions/${first}`);
    await done(user);
    expect(await texts(user)).toEqual(["Has a cat."]);
    expect(await readable(user)).not.toContain("epilepsy");
  });

  it("of a version, fact or user that does not exist is refused", async () => {
    const [user, fact] = [freshUser(), "none"];
    const { id } = await add(user, "Keeps bees.");
    for (const response of [await revert(user, id, 9), await revert(user, fact, 1), await revert(freshUser(), id, 1)]) {
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "fact_not_found" });
    }
    for (const version of [0, 1.5, "1", null]) {
      expect((await llamory.post(`/users/${user}/facts/${id}/revert`, { version })).status).toBe(400);
    }
    expect(await historyOf(user, id)).toMatchObject([{ version: 1, text: "Keeps bees." }]);
  });

  it("and other changes of a user without data store nothing", async () => {
    const [user, fact] = [freshUser(), "none"];
    const responses = [
      await revert(user, fact, 1),
      await change(user, fact, "x"),
      await remove(`/users/${user}/facts/x`),
    ];
    expect(responses.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(await userObject(user).forget("s", "none")).toMatchObject({ ok: true });
    expect(await everythingIn(userObject(user))).toBe("");
  });
});
