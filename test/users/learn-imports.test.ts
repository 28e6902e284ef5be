/** Facts from appended messages. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { askRequest } from "../support/ask-request";
import { eventually } from "../support/eventually";
import { factsOf } from "../support/facts";
import { done, learnt, reply, tell, texts } from "../support/learning";
import { HELD, scriptedFacts } from "../support/scripted-model";
import { message } from "../support/transcripts";
import { exported, imported } from "../support/transfer";
import { everythingIn, freshUser, later, opened, owes, PATIENT, remove, replaced, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const learning = worker({ ...PATIENT, FACTS: "model" });
const DAY_MS = 86_400_000;

afterEach(() => vi.restoreAllMocks());

/** Appends messages to a session, and waits until the user's object has them. */
async function append(sessionId: string, count: number, more: object): Promise<void> {
  const messages = Array.from({ length: count }, (_, at) => ({
    role: at % 2 === 0 ? "user" : "assistant",
    content: `Line ${at} of an old conversation.`,
  }));
  expect((await learning.post(`/sessions/${sessionId}/messages`, { messages, ...more })).status).toBe(201);
  await eventually(async () => expect(await owes(sessionId)).toBe(false));
}

/** Runs the alarm of a user's object so many milliseconds from now. */
const alarm = (user: string, ms: number) =>
  later(ms + 300_000, () => runInDurableObject(userObject(user), (object) => object.alarm()));

/** Imports the export of a session with two turns. */
async function importedFor(user: string, query: string): Promise<string> {
  const [source, session] = [freshSession(), freshSession()];
  for (const question of ["I keep bees.", "I like figs."]) await learning.post("/ask", { sessionId: source, question });
  const [body, headers] = [await exported(source), { "content-type": "application/x-ndjson" }];
  const path = `/sessions/${session}/import?userId=${user}${query}`;
  expect((await learning.fetch(path, { method: "POST", headers, body })).status).toBe(201);
  await eventually(async () => expect(await owes(session)).toBe(false));
  return session;
}

describe("an imported session of a user", () => {
  it("is listed, found from other sessions, and learned from in one call if the client wishes", async () => {
    const user = freshUser();
    const model = await scriptedFacts(user, reply({ do: "add", text: "Keeps bees." }));
    const session = await importedFor(user, "&learn=true");
    await learnt(user, "Keeps bees.");
    await evictDurableObject(userObject(user));
    expect(await factsOf(user)).toMatchObject([{ sources: [{ sessionId: session, seq: 1 }] }]);
    const [run, ...more] = await model.runs();
    expect([run?.inputs.messages[1]?.content.match(/^> user: .*/gm), more]).toEqual([
      ["> user: I keep bees.", "> user: I like figs."],
      [],
    ]);
    const list = await (await learning.fetch(`/users/${user}/sessions`)).json();
    expect(list).toMatchObject({ data: [{ sessionId: session, messages: 4 }] });
    const found = await (await learning.fetch(`/users/${user}/search?q=figs`)).text();
    expect(found).toContain(session);
    await remove(`/sessions/${session}`);
    expect(await texts(user)).toEqual([]);
  });

  it("teaches nothing otherwise, but its later turns do", async () => {
    const user = freshUser();
    const model = await scriptedFacts(user, reply({ do: "add", text: "Has a dog." }));
    const session = await importedFor(user, "");
    await tell(user, "I have a dog.", session);
    await learnt(user, "Has a dog.");
    expect((await model.runs()).map(({ inputs }) => JSON.stringify(inputs).includes("bees"))).toEqual([false]);
  });

  it("is not stored if its user is being deleted, or the query is wrong", async () => {
    const session = freshSession();
    for (const [query, status] of [
      ["?userId=a/b", 400],
      ["?userId=ana&learn=yes", 400],
    ] as const)
      expect((await imported(session, await exported(freshSession()), undefined, query)).status).toBe(status);
    replaced("open", () => ({ ok: false, failure: { reason: "user_being_deleted" } }));
    const refused = await imported(session, await exported(freshSession()), undefined, `?userId=${freshUser()}`);
    expect([refused.status, (await refused.json<{ code: string }>()).code]).toEqual([409, "user_being_deleted"]);
  });
});

describe("turns that wait for a model", () => {
  it("are all learned from, the oldest of a long queue together", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const model = await scriptedFacts(user, reply());
    const object = userObject(user);
    const epoch = await opened(object, session);
    const messages = Array.from({ length: 160 }, (_, at) =>
      message(at + 1, at % 2 ? "assistant" : "user", 5, { turnId: `turn-${at >> 1}` }),
    );
    await object.tell({ sessionId: session, epoch, from: 1, to: 160, messages }, { model: askRequest("", "").model });
    await eventually(async () => {
      await alarm(user, 0);
      expect(await model.runs()).toHaveLength(66);
    });
    const read = (await model.runs()).map(({ inputs }) => inputs.messages[1]?.content.match(/^> /gm)?.length ?? 0);
    expect(read).toEqual([...Array(64).fill(2), 20, 12]);
    await done(user);
  });
});

describe("appended messages", () => {
  it("teach facts if the client wishes, twenty at a time, and the facts are deleted with them", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const model = await scriptedFacts(
      user,
      reply({ do: "add", text: "Keeps bees." }),
      reply({ do: "add", text: "Likes figs." }),
      reply({ do: "add", text: "Lives in Porto." }),
    );
    await append(session, 50, { userId: user, learn: true });
    await learnt(user, "Keeps bees.", "Likes figs.", "Lives in Porto.");
    const said = (await model.runs()).map(({ inputs }) => inputs.messages[1]?.content.match(/^> .*/gm)?.length);
    expect(said).toEqual([20, 20, 10]);
    const sources = (await factsOf(user)).flatMap((fact) => fact.sources.map(({ seq }) => seq));
    expect(sources.sort((a, b) => a - b)).toEqual([1, 21, 41]);
    await remove(`/sessions/${session}`);
    expect(await texts(user)).toEqual([]);
  });

  it("teach nothing that the model read in one that was deleted meanwhile", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const secret = { ...HELD, ...reply({ do: "add", text: "Line 2 is secret." }) };
    const model = await scriptedFacts(user, secret, reply({ do: "add", text: "Keeps bees." }));
    await append(session, 6, { userId: user, learn: true });
    await model.called();
    const epoch = await opened(userObject(user), session);
    await userObject(user).tell({ sessionId: session, epoch, from: 3, to: 3, messages: [] });
    await model.go();
    await learnt(user, "Keeps bees.");
    expect((await model.runs()).map(({ inputs }) => JSON.stringify(inputs).includes("Line 2"))).toEqual([true, false]);
  });

  it("teach nothing otherwise, or in a session without a user", async () => {
    const [user, session, other] = [freshUser(), freshSession(), freshSession()];
    const model = await scriptedFacts(user, reply({ do: "add", text: "Keeps bees." }));
    await append(session, 2, { userId: user });
    await append(other, 2, { learn: true });
    expect((await learning.post(`/sessions/${other}/messages`, { messages: [], learn: "yes" })).status).toBe(400);
    expect(await model.runs()).toEqual([]);
  });

  it("belong to the user of a session that has a title by hand, and are learned from without naming the user", async () => {
    const user = freshUser();
    await scriptedFacts(user, reply(), reply({ do: "add", text: "Keeps bees." }));
    const session = await tell(user, "Hello.");
    expect((await learning.patch(`/sessions/${session}`, { title: "Old letters" })).status).toBe(200);
    await append(session, 4, { learn: true });
    await learnt(user, "Keeps bees.");
    const listed = await (await learning.fetch(`/users/${user}/sessions`)).json();
    expect(listed).toMatchObject({ data: [{ sessionId: session, title: "Old letters", messages: 6 }] });
  });

  it("of many conversations all wait, however many there are", async () => {
    const user = freshUser();
    const model = await scriptedFacts(user, reply());
    for (let at = 0; at < 70; at += 1) await append(freshSession(), 2, { userId: user, learn: true });
    for (let day = 0; day < 4; day += 1) for (let times = 0; times < 4; times += 1) await alarm(user, day * DAY_MS);
    expect(await model.runs()).toHaveLength(70);
    await done(user);
  });

  it("are learned from up to FACTS_IMPORT_CALLS times a day; the rest is learned on the next day, and turns at once", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const model = await scriptedFacts(user, reply());
    await append(session, 450, { userId: user, learn: true });
    const calls = (count: number) => eventually(async () => expect(await model.runs()).toHaveLength(count));
    for (let alarms = 0; alarms < 4; alarms += 1) await alarm(user, 300_000);
    await calls(20);
    expect(await everythingIn(userObject(user))).toContain("extract");
    await evictDurableObject(userObject(user));
    await tell(user, "Hello.");
    await calls(21);
    await alarm(user, DAY_MS);
    await calls(24);
    await done(user);
  });
});
