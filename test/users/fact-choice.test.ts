/** The facts that a prompt contains, and those that the extracting model is shown. */
import { evictDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { add, factsOf } from "../support/facts";
import { done, learnt, reply, tell, texts } from "../support/learning";
import { loseObject } from "../support/lose";
import { scripted, scriptedFacts } from "../support/scripted-model";
import { imported, textOf } from "../support/user-transfer";
import { freshUser, later, PATIENT, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);
const ALLERGY = "Is severely allergic to penicillin.";
const MINUTE_MS = 60_000;

/** Creates a user with an old fact and 40 newer ones, whose object is then evicted. */
async function known(fact: string, more: object = {}): Promise<string> {
  const user = freshUser();
  await later(-100 * MINUTE_MS, () => add(user, fact, more));
  for (let at = 1; at <= 40; at += 1) {
    await userObject(user).addFact(`Visited the village number ${at} on a long walk.`, null);
  }
  await evictDurableObject(userObject(user));
  return user;
}

/** Asks in a new session, after the user's object was evicted. Returns the prompt, and the texts of the facts that the answer names. */
async function asked(user: string, question: string, more: object = {}) {
  const session = freshSession();
  const model = await scripted(session, { response: "ok" });
  await loseObject(userObject(user));
  const response = await llamory.post("/ask", { sessionId: session, userId: user, question, ...more });
  const { memory } = await response.json<{ memory: { user: { facts: string[] } } }>();
  const byId = new Map((await factsOf(user)).map(({ id, text }) => [id, text]));
  const [run] = await model.runs();
  return { prompt: JSON.stringify(run?.inputs.messages), facts: memory.user.facts.map((id) => byId.get(id)) };
}

describe("the facts of a prompt", () => {
  it("are those that match the question, then the newest", async () => {
    const user = await known(ALLERGY);
    const { prompt, facts } = await asked(user, "Which medicine am I allergic to?");
    expect(facts.slice(0, 2)).toEqual([ALLERGY, "Visited the village number 40 on a long walk."]);
    expect(prompt).toContain(ALLERGY);
    expect((await asked(user, "Hello.")).facts).not.toContain(ALLERGY);
  });

  it("begin with the pinned ones, whatever the question is", async () => {
    const user = await known(ALLERGY);
    const id = (await factsOf(user)).find(({ text }) => text === ALLERGY)?.id;
    expect((await llamory.patch(`/users/${user}/facts/${id}`, { pinned: true })).status).toBe(200);
    expect((await asked(user, "Which village was it?")).facts[0]).toBe(ALLERGY);
    expect(await (await llamory.fetch(`/users/${user}/facts/${id}/history`)).json()).toMatchObject({
      data: [{ version: 1, pinned: true }],
    });
  });

  it("leave out a fact that is too long for FACT_TOKENS, and keep those behind it", async () => {
    const user = freshUser();
    await add(user, "Lives in Porto.");
    await later(MINUTE_MS, () => add(user, "住".repeat(500), { pinned: true }));
    expect((await asked(user, "Hello.")).facts).toEqual(["Lives in Porto."]);
  });

  it("carry the time in which they are true, beside their text, and come last when it is over", async () => {
    const user = freshUser();
    await add(user, "Lives in Porto.", { since: "2001-05-06", until: "2010-07-08T12:00:00Z" });
    await later(-MINUTE_MS, () => add(user, "Lives in Berlin.", { since: "2010-07-09" }));
    const { prompt, facts } = await asked(user, "Hello.");
    expect(facts).toEqual(["Lives in Berlin.", "Lives in Porto."]);
    expect(prompt).toContain("> Lives in Porto. (since 2001-05-06, until 2010-07-08)");
    expect(await factsOf(user)).toMatchObject([{ text: "Lives in Porto.", until: "2010-07-08" }, {}]);
  });

  it("are over at the end of the day in the time zone of the question", async () => {
    const user = freshUser();
    const timeZone = "Pacific/Kiritimati";
    const today = new Date().toISOString().slice(0, 10);
    await later(-MINUTE_MS, () => add(user, "Lives in Berlin."));
    await add(user, "Is in Porto.", { until: today });
    const factsIn = async (question: object) => (await asked(user, "Hello.", question)).facts;
    // 14 hours ahead of UTC, it is tomorrow at 20:00.
    const evening = Date.parse(`${today}T20:00:00Z`) - Date.now();
    expect(await later(evening, () => factsIn({}))).toEqual(["Is in Porto.", "Lives in Berlin."]);
    expect(await later(evening, () => factsIn({ timeZone }))).toEqual(["Lives in Berlin.", "Is in Porto."]);
  });

  it.each([
    ["since", "yesterday"],
    ["since", "2026-02-30"],
    ["until", "2026-13-01"],
    ["until", 20260101],
    ["pinned", "yes"],
    ["source", { sessionId: "a/b", seq: 1 }],
    ["until", "2000-01-01"],
  ])("are refused with %s: %j, and nothing is stored", async (field, value) => {
    const user = freshUser();
    const response = await llamory.post(`/users/${user}/facts`, { text: "x", since: "2020-01-01", [field]: value });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(field);
    expect(await factsOf(user)).toEqual([]);
  });

  it.each([
    [{ since: "2022-01-01" }, { since: "2022-01-01", until: null }],
    [{ until: "2019-01-01" }, { since: null, until: "2019-01-01" }],
    [{ until: null }, { since: "2020-01-01", until: null }],
    [{ since: "2020-06-01" }, { since: "2020-06-01", until: "2021-01-01" }],
  ])("keep no date that the change of the other one excludes: %j", async (edit, span) => {
    const user = freshUser();
    const { id } = await add(user, "Lives in Berlin.", { since: "2020-01-01", until: "2021-01-01" });
    const changed = await llamory.patch(`/users/${user}/facts/${id}`, edit);
    expect(await changed.json()).toMatchObject(span);
    expect(await imported(freshUser(), await textOf(user))).toMatchObject({ facts: 1 });
  });

  it("are found by search, in the list and across all sessions", async () => {
    const user = await known(ALLERGY);
    const list = await (await llamory.fetch(`/users/${user}/facts?q=${encodeURIComponent("allergic?")}`)).json();
    expect(list).toMatchObject({ data: [{ text: ALLERGY }] });
    const search = await (await llamory.fetch(`/users/${user}/search?q=penicillin`)).json();
    expect(search).toMatchObject({ data: [], facts: [{ text: ALLERGY }] });
    for (const query of ["?q=", "?history=maybe"]) {
      expect((await llamory.fetch(`/users/${user}/facts${query}`)).status).toBe(400);
    }
  });
});

describe("the model that extracts facts", () => {
  it.each(["I moved to Lisbon last week.", "Letzte Woche bin ich nach Lissabon gezogen.", "我上周搬到了里斯本。"])(
    "is shown the fact that it should change: %s",
    async (said) => {
      const user = freshUser();
      await add(user, "Lives in Berlin.");
      await add(user, "Keeps bees.");
      await evictDurableObject(userObject(user));
      const model = await scriptedFacts(user, reply({ do: "change", fact: 2, text: "Lives in Lisbon." }));
      await tell(user, said);
      await learnt(user, "Keeps bees.", "Lives in Lisbon.");
      await evictDurableObject(userObject(user));
      expect(await texts(user)).toEqual(["Keeps bees.", "Lives in Lisbon."]);
      const [run] = await model.runs();
      expect(run?.inputs.messages[1]?.content).toMatch(
        /^Known:\n1\. Keeps bees\.\n2\. Lives in Berlin\.\n\nSaid:\n> user: /,
      );
    },
  );

  it("is shown an old fact that matches the turn before the newest ones", async () => {
    const user = await known(ALLERGY);
    const model = await scriptedFacts(user, reply({ do: "drop", fact: 1 }));
    await tell(user, "My penicillin allergy was a wrong diagnosis.");
    await done(user);
    await evictDurableObject(userObject(user));
    expect((await model.runs())[0]?.inputs.messages[1]?.content).toContain(`Known:\n1. ${ALLERGY}\n2. Visited`);
    expect(await texts(user)).not.toContain(ALLERGY);
  });

  it("knows the date, and gives a fact its time", async () => {
    const user = freshUser();
    const model = await scriptedFacts(
      user,
      reply(
        { do: "add", text: "Moves to Rome.", since: "2026-12-01", until: "soon" },
        { do: "add", text: "Has a cold.", since: null, until: "2026-12-03T00:00:00Z" },
      ),
    );
    await tell(user, "I am moving next month.");
    await learnt(user, "Has a cold.", "Moves to Rome.");
    await evictDurableObject(userObject(user));
    const today = new Date().toISOString().slice(0, 10);
    expect((await model.runs())[0]?.inputs.messages[0]?.content).toMatch(new RegExp(`Today is \\w{3} ${today}\\.$`));
    const facts = new Map((await factsOf(user)).map(({ text, since, until }) => [text, [since, until]]));
    expect(facts.get("Moves to Rome.")).toEqual(["2026-12-01", null]);
    expect(facts.get("Has a cold.")).toEqual([null, "2026-12-03"]);
  });

  it("loses only the changes that are impossible", async () => {
    const user = freshUser();
    await add(user, "Lives in Berlin.");
    await scriptedFacts(
      user,
      reply(
        { do: "change", fact: 9, text: "x" },
        { do: "add", text: " " },
        { do: "add", text: "x".repeat(501) },
        { do: "drop", fact: null },
        { do: "remove", fact: 1 },
        { do: "change", fact: "1", text: "Lives in Lisbon." },
        { do: "change", fact: 1, text: "Lives in Rome." },
        { do: "add", text: "Keeps bees." },
      ),
    );
    await tell(user, "I moved, and I keep bees.");
    await learnt(user, "Keeps bees.", "Lives in Lisbon.");
    await evictDurableObject(userObject(user));
    await eventually(async () => expect(await texts(user)).toHaveLength(2));
  });
});
