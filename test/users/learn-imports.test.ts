/** Facts from appended messages. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { factsOf } from "../support/facts";
import { done, learnt, reply, tell, texts } from "../support/learning";
import { HELD, scriptedFacts } from "../support/scripted-model";
import { everythingIn, freshUser, later, opened, owes, PATIENT, remove, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const learning = worker({ ...PATIENT, FACTS: "model" });
const DAY_MS = 86_400_000;

/** Appends messages to a session, and waits until the user's object has them. */
async function append(sessionId: string, count: number, more: object): Promise<void> {
  const messages = Array.from({ length: count }, (_, at) => ({
    role: at % 2 === 0 ? "user" : "assistant",
    content: `Line ${at} of an old conversation.`,
  }));
  expect((await learning.post(`/sessions/${sessionId}/messages`, { messages, ...more })).status).toBe(201);
  await eventually(async () => expect(await owes(sessionId)).toBe(false));
}

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

  it("are learned from up to FACTS_IMPORT_CALLS times a day; the rest is learned on the next day, and turns at once", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const model = await scriptedFacts(user, reply());
    await append(session, 450, { userId: user, learn: true });
    const calls = (count: number) => eventually(async () => expect(await model.runs()).toHaveLength(count));
    const alarm = (ms: number) => later(ms, () => runInDurableObject(userObject(user), (object) => object.alarm()));
    for (let alarms = 0; alarms < 4; alarms += 1) await alarm(300_000);
    await calls(20);
    expect(await everythingIn(userObject(user))).toContain("extract");
    await evictDurableObject(userObject(user));
    await tell(user, "Hello.");
    await calls(21);
    await alarm(DAY_MS);
    await calls(24);
    await done(user);
  });
});
