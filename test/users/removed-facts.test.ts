/** Facts when single turns and messages are removed from a session that stays. */
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { factsOf } from "../support/facts";
import { done, learnt, reply, tell, texts } from "../support/learning";
import { HELD, scripted, scriptedFacts } from "../support/scripted-model";
import { freshUser, owes, PATIENT, remove } from "../support/users";
import { freshSession, worker } from "../support/worker";

const learning = worker({ ...PATIENT, FACTS: "model" });

const DOG = "Has a dog named Rex with epilepsy.";
const POODLE = "Has a dog named Rex, a poodle with epilepsy.";

/** Teaches a fact in the first turn of a session and its change in the second one. Returns the ids of both turns. */
async function taught(...later: unknown[]) {
  const user = freshUser();
  const model = await scriptedFacts(
    user,
    reply({ do: "add", text: DOG }),
    reply({ do: "change", fact: 1, text: POODLE }),
    ...later,
  );
  const session = await tell(user, "My dog is named Rex and he has epilepsy.");
  await learnt(user, DOG);
  await tell(user, "My dog is a poodle.", session);
  await learnt(user, POODLE);
  const { data } = await (await learning.fetch(`/sessions/${session}/messages`)).json<{
    data: { role: string; turnId: string }[];
  }>();
  const [second = "", first = ""] = data.filter(({ role }) => role === "user").map(({ turnId }) => turnId);
  return { user, session, first, second, model };
}

const removeTurn = async (session: string, turn: string) =>
  expect((await remove(`/sessions/${session}/turns/${turn}`)).status).toBe(200);
const historyOf = async (user: string) => {
  const [fact] = await factsOf(user);
  const history = await learning.fetch(`/users/${user}/facts/${fact?.id}/history`);
  return (await history.json<{ data: { text: string }[] }>()).data.map(({ text }) => text);
};

describe("a fact of one turn that a later turn of the session changed", () => {
  it("is as before when the later turn is deleted, and is deleted with the first one", async () => {
    const { user, session, first, second } = await taught();
    await removeTurn(session, second);
    expect(await texts(user)).toEqual([DOG]);
    expect(await historyOf(user)).toEqual([DOG]);
    await removeTurn(session, first);
    expect(await texts(user)).toEqual([]);
  });

  it("is deleted in both versions with the first turn, and the later turn is learned from again", async () => {
    const { user, session, first, model } = await taught(reply({ do: "add", text: "Has a poodle." }));
    await removeTurn(session, first);
    await learnt(user, "Has a poodle.");
    expect(JSON.stringify((await model.runs()).at(-1)?.inputs)).not.toContain("epilepsy");
    expect(await historyOf(user)).toEqual(["Has a poodle."]);
  });

  it.each([{}, { stream: true }])("is as before when the later turn is asked again (%o)", async (how) => {
    const { user, session, second } = await taught(reply());
    const asked = await scripted(session, { response: "Nice." });
    const body = { sessionId: session, userId: user, question: "My dog is big.", replaces: second, ...how };
    await (await learning.post("/ask", body)).text();
    expect(JSON.stringify((await asked.runs()).at(-1)?.inputs)).not.toContain("poodle");
    await eventually(async () => expect(await owes(session)).toBe(false));
    await done(user);
    expect(await texts(user)).toEqual([DOG]);
    expect(await historyOf(user)).toEqual([DOG]);
  });
});

describe("facts of appended messages", () => {
  const appended = async (...replies: unknown[]) => {
    const [user, session] = [freshUser(), freshSession()];
    const model = await scriptedFacts(user, ...replies);
    const messages = ["I keep bees.", "My code is xylophone."].map((content) => ({ role: "user", content }));
    const body = { messages, userId: user, learn: true };
    expect((await learning.post(`/sessions/${session}/messages`, body)).status).toBe(201);
    return { user, session, model };
  };
  const removeMessage = async (session: string, seq: number) =>
    expect((await remove(`/sessions/${session}/messages/${seq}`)).status).toBe(200);

  it("are deleted with one of the messages, and the others are learned from again", async () => {
    const { user, session, model } = await appended(
      reply({ do: "add", text: "Keeps bees, code xylophone." }),
      reply({ do: "add", text: "Keeps bees." }),
    );
    await learnt(user, "Keeps bees, code xylophone.");
    await removeMessage(session, 2);
    await learnt(user, "Keeps bees.");
    expect(JSON.stringify((await model.runs()).at(-1)?.inputs)).not.toContain("xylophone");
  });

  it("do not come from a message that was deleted while the model read it", async () => {
    // The held reply is no JSON, so the model is called once more with the same prompt.
    const { user, session, model } = await appended(
      HELD,
      reply({ do: "add", text: "Keeps bees, code xylophone." }),
      reply({ do: "add", text: "Keeps bees." }),
    );
    await model.called();
    await removeMessage(session, 2);
    await model.go();
    await learnt(user, "Keeps bees.");
    const prompts = (await model.runs()).map(({ inputs }) => JSON.stringify(inputs).includes("xylophone"));
    expect(prompts).toEqual([true, true, false]);
  });
});
