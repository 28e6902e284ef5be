import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { add, change, factsOf } from "../support/facts";
import { done, learnt, reply, tell, texts } from "../support/learning";
import { HELD, NEVER, scripted, scriptedFacts } from "../support/scripted-model";
import { everythingIn, freshUser, later, PATIENT, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);

describe("facts that the model learns", () => {
  const alarm = async (user: string, ms: number) => {
    await later(ms, () => runInDurableObject(userObject(user), (object) => object.alarm()));
  };

  it("are added, changed and dropped, with where they are from", async () => {
    const user = freshUser();
    const model = await scriptedFacts(
      user,
      reply({ do: "add", text: "Has a dog called Figaro." }, { do: "add", text: "Lives in Porto." }),
      reply({ do: "change", fact: 1, text: "Has a cat called Figaro." }),
      reply({ do: "drop", fact: 1 }),
      reply(),
    );
    const first = await tell(user, "I have a dog, Figaro, and live in Porto.");
    await learnt(user, "Has a dog called Figaro.", "Lives in Porto.");
    for (const fact of await factsOf(user)) expect(fact.sources).toEqual([{ sessionId: first, seq: 1 }]);
    const second = await tell(user, "Figaro is a cat, not a dog.");
    await learnt(user, "Has a cat called Figaro.", "Lives in Porto.");
    expect(await factsOf(user)).toContainEqual(
      expect.objectContaining({ text: "Has a cat called Figaro.", sources: [{ sessionId: second, seq: 1 }] }),
    );
    await tell(user, "I do not live in Porto any more.");
    await learnt(user, "Has a cat called Figaro.");
    await tell(user, "How is the weather?");
    await done(user);
    expect(await texts(user)).toEqual(["Has a cat called Figaro."]);
    const runs = await model.runs();
    expect(runs).toHaveLength(4);
    expect(runs[1]?.inputs.messages[1]?.content).toContain("1. Has a dog called Figaro.");
    expect(runs[1]?.inputs.response_format).toMatchObject({ type: "json_schema" });
  });

  it.each([
    [
      { do: "change", fact: 1, text: "Lives in Lisbon, Portugal." },
      { do: "drop", fact: 2 },
    ],
    [
      { do: "add", text: "Lives in Lisbon, Portugal." },
      { do: "drop", fact: 1 },
      { do: "drop", fact: 2 },
    ],
    [
      { do: "drop", fact: 2 },
      { do: "drop", fact: 1 },
      { do: "change", fact: 1, text: "Lives in Lisbon, Portugal." },
    ],
  ])("remain one if the model makes one of two: %j first", async (...changes) => {
    const user = freshUser();
    for (const text of ["Lives in Lisbon, Portugal.", "Lives in Lisbon."]) await add(user, text);
    await scriptedFacts(user, reply(...changes), reply());
    await tell(user, "My home is in Lisbon.");
    await done(user);
    expect(await texts(user)).toEqual(["Lives in Lisbon, Portugal."]);
  });

  it.each<[what: string, reply: unknown]>([
    ["is the list alone", [{ do: "add", text: "Has a dog." }]],
    ["is a list behind other brackets", `As in [1]: [{"do":"add","text":"Has a dog."}]`],
    ["has one change in place of the list", { changes: { do: "Add", text: "Has a dog." } }],
  ])("are those of a reply that %s", async (_, text) => {
    const user = freshUser();
    const response = typeof text === "string" ? text : JSON.stringify(text);
    const model = await scriptedFacts(user, { response });
    await tell(user, "I have a dog.");
    await learnt(user, "Has a dog.");
    expect(await model.runs()).toHaveLength(1);
  });

  it("are none where the setting is off", async () => {
    const user = freshUser();
    const model = await scriptedFacts(user, reply({ do: "add", text: "Has a dog." }));
    await llamory.post("/ask", { sessionId: freshSession(), userId: user, question: "I have a dog." });
    await eventually(async () => expect(await userObject(user).sessions(1)).toMatchObject([{ messages: 2 }]));
    expect(await model.runs()).toEqual([]);
  });

  it.each<[what: string, bad: unknown]>([
    ["is no JSON", { response: "I would add that they have a dog." }],
    ["has another form", { response: JSON.stringify({ facts: ["Has a dog."] }) }],
    ["changes a fact that was not shown", reply({ do: "change", fact: 9, text: "x" }, { do: "drop", fact: 0 })],
    ["adds nothing", reply({ do: "add", text: " " })],
    ["is cut off", { choices: [{ message: { content: '{"changes":[{"do":"add","te' }, finish_reason: "length" }] }],
    ["refuses", { choices: [{ message: { content: null, refusal: "I do not note dogs." }, finish_reason: "stop" }] }],
    ["adds too much", reply({ do: "add", text: "x".repeat(501) })],
  ])("are none where the reply %s, and the next turn is learnt from", async (_, bad) => {
    const user = freshUser();
    // The model is called once more after a reply of the wrong form.
    const model = await scriptedFacts(user, bad, bad, reply({ do: "add", text: "Has a cat." }));
    await tell(user, "I have a dog.");
    await done(user);
    expect(await texts(user)).toEqual([]);
    for (let turns = 0; turns < 2 && (await texts(user)).length === 0; turns += 1) {
      await tell(user, "I have a cat.");
      await done(user);
    }
    expect(await texts(user)).toEqual(["Has a cat."]);
    expect((await model.runs()).length).toBeLessThanOrEqual(4);
  });

  it("hold nobody up while the model is slow, and are learnt one turn at a time", async () => {
    const user = freshUser();
    const model = await scriptedFacts(user, HELD, reply({ do: "add", text: "Has a cat." }));
    await Promise.all([tell(user, "I have a dog."), tell(user, "I have a cat.")]);
    await model.called();
    expect(await model.runs()).toHaveLength(1);
    expect((await llamory.post("/ask", { sessionId: freshSession(), userId: user, question: "Hello." })).status).toBe(
      200,
    );
    await model.go();
    // The first reply repeats the question and is not JSON. The Worker repeats the call and uses the second reply.
    await done(user);
    expect(new Set(await texts(user))).toEqual(new Set(["Has a cat."]));
    expect((await model.runs()).length).toBe(3);
  });

  it("are tried again later where the model fails for a while, a few times, and lost where it fails for long", async () => {
    const user = freshUser();
    const busy = new Error("3040: busy");
    const model = await scriptedFacts(
      user,
      ...Array.from({ length: 3 }, () => busy),
      reply({ do: "add", text: "Has a dog." }),
    );
    await tell(user, "I have a dog.");
    await eventually(async () => expect(await model.runs()).toHaveLength(3));
    expect(await texts(user)).toEqual([]);
    await eventually(async () => expect(await everythingIn(userObject(user))).toContain('\\"failures\\":1'));
    await alarm(user, 300_000);
    await learnt(user, "Has a dog.");
    const hopeless = freshUser();
    await scriptedFacts(hopeless, busy);
    await tell(hopeless, "I have a dog.");
    await eventually(async () => expect(await everythingIn(userObject(hopeless))).toContain('\\"failures\\":1'));
    for (let tries = 1; tries < 4; tries += 1) await alarm(hopeless, tries * 1_000_000);
    await done(hopeless);
  });

  it("cost one call where they cannot be stored, and the next turn is learnt from", async () => {
    const user = freshUser();
    const model = await scriptedFacts(user, reply({ do: "add", text: "Has a dog." }));
    const sql = (statement: string) =>
      runInDurableObject(userObject(user), (_, { storage }) => {
        storage.sql.exec(statement);
      });
    await add(user, "Keeps bees.");
    await sql("CREATE TRIGGER full BEFORE INSERT ON facts BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
    await tell(user, "I have a dog.");
    await done(user);
    await alarm(user, 300_000);
    expect(await model.runs()).toHaveLength(1);
    await sql("DROP TRIGGER full");
    await tell(user, "I have a dog.");
    await learnt(user, "Has a dog.", "Keeps bees.");
  });

  it("of a session that is deleted meanwhile are none, and those it had taught go with it", async () => {
    const user = freshUser();
    await scriptedFacts(user, reply({ do: "add", text: "Has a dog." }), HELD);
    const session = await tell(user, "I have a dog.");
    await learnt(user, "Has a dog.");
    const own = await add(user, "Is called Ana.", { source: { sessionId: session, seq: 1 } });
    const model = await scriptedFacts(user, NEVER);
    await tell(user, "I have a cat.", session);
    await model.called();
    expect((await llamory.fetch(`/sessions/${session}`, { method: "DELETE" })).status).toBe(200);
    expect(await factsOf(user)).toEqual([own]);
  });

  it.each([
    { do: { toString: 1 }, text: "Has a dog." },
    { do: "drop", fact: { toString: 1, valueOf: 1 } },
  ])("are none from a reply whose fields are no texts: it costs one call (%j)", async (odd) => {
    const user = freshUser();
    const model = await scriptedFacts(user, reply(odd), reply({ do: "add", text: "Has a cat." }));
    await tell(user, "I have a dog.");
    await done(user);
    await tell(user, "I have a cat.");
    await learnt(user, "Has a cat.");
    expect(await model.runs()).toHaveLength(2);
  });

  it("count among the tokens that the tenant has used", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const used = () => env.TENANT_DO.getByName("tenant/").today();
    const before = await used();
    const usage = { prompt_tokens: 100, completion_tokens: 11, total_tokens: 111 };
    await scripted(session, { response: "Noted.", usage });
    await scriptedFacts(user, { ...reply({ do: "add", text: "Has a dog." }), usage });
    const metered = worker({ ...PATIENT, FACTS: "model", TENANT_TOKENS_PER_DAY: "1000000" });
    await metered.post("/ask", { sessionId: session, userId: user, question: "I have a dog." });
    await learnt(user, "Has a dog.");
    await eventually(async () => expect((await used()) - before).toBe(222));
  });

  it("leave a fact alone that somebody changed meanwhile", async () => {
    const user = freshUser();
    const fact = await add(user, "Has a dog.");
    const model = await scriptedFacts(user, HELD, reply({ do: "drop", fact: 1 }));
    await tell(user, "I have no dog.");
    await model.called();
    await later(5_000, () => change(user, fact.id, "Has a dog, says Ana."));
    await model.go();
    await done(user);
    expect(await texts(user)).toEqual(["Has a dog, says Ana."]);
  });
});
