/** The memory of a user with an encoder. `test/meaning/users.test.ts` tests it with a real one. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { VectorRows } from "../../src/do/memory/vector-rows";
import { Database } from "../../src/do/sqlite/database";
import { eventually } from "../support/eventually";
import { kindsEncoder } from "../support/kinds-encoder";
import { reply } from "../support/learning";
import { ScriptedModel, scriptedFacts } from "../support/scripted-model";
import { freshSessions, freshUser, owes, PATIENT, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

const SETTINGS = { ...PATIENT, EMBEDDING_MODEL: "kinds", EMBEDDING_TIMEOUT_MS: "60000" };
const llamory = worker(SETTINGS);
const SPANIEL = "We adopted a cocker spaniel.";
const PETS = "What pets does she have?";

/** Returns the number of places with a vector in the user's copy, empty ones included. */
const vectorsOf = (user: string) =>
  runInDurableObject(userObject(user), (_, { storage }) => {
    const vectors = new VectorRows(new Database(storage, "user"));
    return vectors.count(vectors.made.model);
  });

/** Appends messages to a session of a user, and waits until the user's object has them. */
async function append(user: string, sessionId: string, ...contents: string[]): Promise<void> {
  const messages = contents.map((content) => ({ role: "user", content }));
  const response = await llamory.post(`/sessions/${sessionId}/messages`, { userId: user, messages });
  expect(response.status).toBe(201);
  await eventually(async () => expect(await owes(sessionId)).toBe(false));
}

const chapters = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => `Chapter ${from + at}: the weather stayed grey and the train was late.`);

describe("an ask of a user with an encoder", () => {
  it("does not wait for the encoder if there is no vector to compare the question with", async () => {
    const encoder = kindsEncoder();
    const release = encoder.hold();
    const [user, session] = [freshUser(), freshSession()];
    for (const question of [PETS, "And what else?"]) {
      const asked = await llamory.post("/ask", { sessionId: session, userId: user, question });
      expect(await asked.json()).toMatchObject({ memory: { user: { answered: true } } });
    }
    const previewed = await llamory.post(`/sessions/${session}/context`, { question: PETS, userId: user });
    expect(previewed.status).toBe(200);
    expect((await llamory.fetch(`/users/${user}/search?q=pets`)).status).toBe(200);
    release();
  });

  it("waits for it if the user has vectors, also longer than for the user's object", async () => {
    const encoder = kindsEncoder();
    const [user, [dog = "", session = ""]] = [freshUser(), freshSessions(2)];
    await append(user, dog, SPANIEL, ...chapters(9));
    await eventually(async () => expect(await vectorsOf(user)).toBe(10));
    const release = encoder.hold();
    const quick = worker({ ...SETTINGS, USER_TIMEOUT_MS: "200" });
    const asked = quick.post("/ask", { sessionId: session, userId: user, question: PETS });
    setTimeout(release, 400);
    const { memory } = await (await asked).json<{ memory: { recalled: object[]; user: object } }>();
    expect(memory).toMatchObject({ user: { answered: true } });
    expect(memory.recalled[0]).toMatchObject({ sessionId: dog, seq: 1 });
  });
});

describe("a fork beyond its context", () => {
  it("finds its copied messages by their meaning, which the user's copy does not have", async () => {
    kindsEncoder();
    const [user, [first = "", other = "", fork = ""]] = [freshUser(), freshSessions(3)];
    const small = worker({ ...SETTINGS, CONTEXT_TOKENS: "1024", REPLY_TOKENS: "64" });
    await append(user, first, SPANIEL, ...chapters(50));
    await append(user, other, ...chapters(12, 50));
    const forked = await small.post(`/sessions/${first}/fork`, { sessionId: fork, userId: user });
    expect(forked.status).toBe(201);
    expect((await small.fetch(`/sessions/${first}`, { method: "DELETE" })).status).toBe(200);
    await small.post("/ask", { sessionId: fork, userId: user, question: "Hello." });
    await eventually(async () => {
      const info = await (await small.fetch(`/sessions/${fork}`)).json<{ vectors: number; messages: number }>();
      expect(info.vectors).toBe(info.messages);
    });
    const previewed = await small.post(`/sessions/${fork}/context`, { question: PETS, userId: user });
    const { memory } = await previewed.json<{ memory: { recalled: { content: string; sessionId?: string }[] } }>();
    expect(memory.recalled.map(({ sessionId }) => sessionId)).toContain(other);
    expect(memory.recalled.find(({ sessionId }) => sessionId === fork)).toMatchObject({ content: SPANIEL, seq: 1 });
  });
});

describe("the vectors of a user's deleted sessions", () => {
  const vectorRows = (user: string) =>
    runInDurableObject(userObject(user), (_, { storage }) =>
      ["vectors", "signs", "stale_vectors"].map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray().length),
    );

  it("leave no rows, and later messages in their places are found by their meaning", async () => {
    kindsEncoder();
    const [user, [talk = "", dog = "", later = ""]] = [freshUser(), freshSessions(3)];
    await append(user, talk, ...chapters(70));
    await append(user, dog, ...chapters(70, 70), SPANIEL);
    // Two numbers are skipped between sessions.
    await eventually(async () => expect(await vectorsOf(user)).toBe(143));
    expect((await llamory.fetch(`/sessions/${dog}`, { method: "DELETE" })).status).toBe(200);
    expect(await vectorRows(user)).toEqual([2, 1, 0]);
    await append(user, later, "Our poodle barks.");
    await eventually(async () => expect(await vectorsOf(user)).toBe(73));
    const found = await llamory.fetch(`/users/${user}/search?q=pets&limit=100`);
    expect((await found.json<{ data: object[] }>()).data).toContainEqual(
      expect.objectContaining({ content: "Our poodle barks." }),
    );
    for (const session of [talk, later]) await llamory.fetch(`/sessions/${session}`, { method: "DELETE" });
    expect(await vectorRows(user)).toEqual([0, 0, 0]);
  });
});

describe("facts", () => {
  const vectorsOfFacts = (user: string) =>
    runInDurableObject(userObject(user), (_, { storage }) =>
      storage.sql
        .exec("SELECT number FROM fact_vectors")
        .toArray()
        .flatMap(({ number }) => Number(number)),
    );
  const send = (path: string, body: object, method = "POST") => llamory.send(method, path, body);
  const addFact = async (user: string, text: string) => {
    const added = await send(`/users/${user}/facts`, { text });
    expect(added.status).toBe(201);
    return (await added.json<{ id: string }>()).id;
  };

  it("are found by their meaning soon after they were written, by hand, by an edit and by a revert", async () => {
    const encoder = kindsEncoder();
    const user = freshUser();
    const id = await addFact(user, "Adopted a cocker spaniel.");
    await addFact(user, "Visited a village.");
    await eventually(async () => expect(await vectorsOfFacts(user)).toEqual([1, 2]));
    const firstFor = async (q: string) => {
      const search = await (await llamory.fetch(`/users/${user}/search?q=${q}`)).json<{ facts: { text: string }[] }>();
      const list = await (await llamory.fetch(`/users/${user}/facts?q=${q}`)).json<{ data: { text: string }[] }>();
      expect(list.data[0]).toEqual(search.facts[0]);
      return search.facts[0]?.text;
    };
    expect(await firstFor("pets")).toBe("Adopted a cocker spaniel.");
    expect((await send(`/users/${user}/facts/${id}`, { text: "Bought a bicycle." }, "PATCH")).status).toBe(200);
    await eventually(async () => expect(await vectorsOfFacts(user)).toEqual([2, 3]));
    expect(await firstFor("vehicle")).toBe("Bought a bicycle.");
    const calls = encoder.calls.length;
    expect((await send(`/users/${user}/facts/${id}`, { pinned: true }, "PATCH")).status).toBe(200);
    expect((await send(`/users/${user}/facts/${id}/revert`, { version: 1 })).status).toBe(200);
    await eventually(async () => expect(await vectorsOfFacts(user)).toEqual([2, 4]));
    expect(encoder.calls.slice(calls)).toEqual([["Adopted a cocker spaniel."]]);
    expect(await firstFor("pets")).toBe("Adopted a cocker spaniel.");
  });

  it("cost no call of the encoder if they cannot be stored", async () => {
    const encoder = kindsEncoder();
    const user = freshUser();
    const plain = worker({ ...SETTINGS, EMBEDDING_MODEL: "" });
    expect((await plain.post(`/users/${user}/facts`, { text: "Adopted a cocker spaniel." })).status).toBe(201);
    await runInDurableObject(userObject(user), (_, { storage }) => {
      storage.sql.exec("CREATE TRIGGER full BEFORE INSERT ON facts BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
    });
    const added = await send(`/users/${user}/facts`, { text: "Bought a bicycle." });
    expect(await added.json()).toMatchObject({ code: "storage_failed" });
    await runInDurableObject(userObject(user), () => {});
    expect(encoder.calls).toEqual([]);
  });

  it("are found also if there is only one", async () => {
    kindsEncoder();
    const user = freshUser();
    await addFact(user, "Adopted a cocker spaniel.");
    await eventually(async () => expect(await vectorsOfFacts(user)).toEqual([1]));
    expect(await (await llamory.fetch(`/users/${user}/search?q=pets`)).json()).toMatchObject({
      facts: [{ text: "Adopted a cocker spaniel." }],
    });
  });

  it("are embedded once, also those that are written while the encoder is busy, at most 20 in a call", async () => {
    const encoder = kindsEncoder();
    const release = encoder.hold();
    const user = freshUser();
    for (let at = 0; at < 45; at += 1) await addFact(user, `Visited the village number ${at}.`);
    release();
    await eventually(async () => expect(await vectorsOfFacts(user)).toHaveLength(45));
    const texts = encoder.calls.flat();
    expect(new Set(texts).size).toBe(texts.length);
    expect(encoder.calls.map((call) => call.length)).toEqual([1, 20, 20, 4]);
  });

  it("get their vectors when they are imported and merged", async () => {
    kindsEncoder();
    const [user, imported, merged] = [freshUser(), freshUser(), freshUser()];
    for (let at = 0; at < 25; at += 1) await addFact(user, `Visited the village number ${at}.`);
    const lines = await (await llamory.fetch(`/users/${user}/export`)).text();
    const headers = { "content-type": "application/x-ndjson" };
    const response = await llamory.fetch(`/users/${imported}/import`, { method: "POST", headers, body: lines });
    expect(response.status).toBe(201);
    await eventually(async () => expect(await vectorsOfFacts(imported)).toHaveLength(25));
    expect((await send(`/users/${merged}/merge`, { from: imported })).status).toBe(200);
    await eventually(async () => expect(await vectorsOfFacts(merged)).toHaveLength(25));
  });

  it("get their vectors when the model has learned them", async () => {
    kindsEncoder();
    const user = freshUser();
    await scriptedFacts(user, reply({ do: "add", text: "Adopted a cocker spaniel." }));
    const learning = worker({ ...SETTINGS, FACTS: "model" });
    await learning.post("/ask", { sessionId: freshSession(), userId: user, question: "We have a spaniel now." });
    await eventually(async () => expect(await vectorsOfFacts(user)).toEqual([1]));
  });

  it("are left without vectors by an encoder that fails, until the next one is written", async () => {
    const user = freshUser();
    const failing = vi.spyOn(ScriptedModel.prototype, "run").mockRejectedValue(new Error("5007: No such model"));
    await addFact(user, "Adopted a cocker spaniel.");
    await eventually(() => expect(failing).toHaveBeenCalledOnce());
    vi.restoreAllMocks();
    kindsEncoder();
    await addFact(user, "Visited a village.");
    await eventually(async () => expect(await vectorsOfFacts(user)).toEqual([1, 2]));
  });
});
