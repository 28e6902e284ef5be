/** The memory of a user with vectors of a real encoder. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { VectorRows } from "../../src/do/memory/vector-rows";
import { strideOf } from "../../src/do/memory/vectors";
import { Database } from "../../src/do/sqlite/database";
import { eventually } from "../support/eventually";
import { add } from "../support/facts";
import { everythingIn, freshSessions, freshUser, owes, remove, userObject } from "../support/users";
import { append, callsOf, chatter, withEncoder } from "../support/vectors";
import { freshSession } from "../support/worker";
import "../support/provided";

const PATIENT = { USER_TIMEOUT_MS: "30000" };
const llamory = withEncoder("", PATIENT);
const SPANIEL = { role: "user", content: "We adopted a cocker spaniel.", createdAt: "2024-01-02T05:30:00Z" };
const PETS = "What pets does she have?";

/** Returns the number of places with a vector in the user's copy, empty ones included. */
const vectorsOf = (user: string) =>
  runInDurableObject(userObject(user), (_, { storage }) => {
    const vectors = new VectorRows(new Database(storage, "user"));
    return vectors.count(vectors.made.model);
  });

/** Creates a user with two sessions, the second one about a dog, and waits for their vectors. */
async function userWithDog() {
  const [user, [talk = "", dog = ""]] = [freshUser(), freshSessions(2)];
  for (const [session, messages] of [
    [talk, chatter(20)],
    [dog, [SPANIEL]],
  ] as const) {
    const response = await llamory.post(`/sessions/${session}/messages`, { userId: user, messages });
    expect(response.status).toBe(201);
    await eventually(async () => expect(await owes(session)).toBe(false));
  }
  // Two numbers are skipped between sessions.
  await eventually(async () => expect(await vectorsOf(user)).toBe(23));
  return { user, talk, dog };
}

interface Recalled {
  content: string;
  words?: number;
  meaning?: number;
}

const recalledFor = async (user: string, session = freshSession(), server = llamory): Promise<Recalled[]> => {
  const response = await server.post(`/sessions/${session}/context`, { question: PETS, userId: user });
  return (await response.json<{ memory: { recalled: Recalled[] } }>()).memory.recalled;
};

describe("the memory of a user with an encoder", () => {
  it("finds a cocker spaniel of another session for a question about pets", async () => {
    const { user } = await userWithDog();
    await evictDurableObject(userObject(user));
    const [best] = await recalledFor(user);
    expect(best).toMatchObject({ content: SPANIEL.content });
    expect(best?.meaning).toBeGreaterThan(0);
    const words = await recalledFor(user, freshSession(), withEncoder("", { ...PATIENT, EMBEDDING_MODEL: "" }));
    expect(words.map(({ content }) => content)).not.toContain(SPANIEL.content);
    const found = await (await llamory.fetch(`/users/${user}/search?q=pets&limit=1`)).json();
    expect(found).toMatchObject({ data: [{ content: SPANIEL.content }] });
  });

  it("finds it from a long session with vectors of its own", async () => {
    const { user } = await userWithDog();
    const long = freshSession();
    await append(llamory, long, chatter(60, 100));
    await llamory.post("/ask", { sessionId: long, userId: user, question: "How was the weather?" });
    await eventually(async () => {
      const info = await (await llamory.fetch(`/sessions/${long}`)).json<{ vectors: number; messages: number }>();
      expect(info.vectors).toBe(info.messages);
    });
    expect((await recalledFor(user, long)).map(({ content }) => content)).toContain(SPANIEL.content);
  });

  it("embeds a question once for each ask, and the turn once for the user", async () => {
    const id = crypto.randomUUID();
    const counting = withEncoder(`/counted-${id}`, PATIENT);
    const [user, session] = [freshUser(), freshSession()];
    const ask = () => counting.post("/ask", { sessionId: session, userId: user, question: PETS });
    await ask();
    await eventually(async () => expect(await vectorsOf(user)).toBe(2));
    const before = await callsOf(id);
    expect((await ask()).status).toBe(200);
    await eventually(async () => expect(await vectorsOf(user)).toBe(4));
    expect((await callsOf(id)) - before).toBe(2);
  });

  it("has no vector of deleted messages, sessions and users", async () => {
    const { user, dog, talk } = await userWithDog();
    const placesOf = () =>
      runInDurableObject(userObject(user), (_, { storage }) => {
        const rows = storage.sql.exec<{ data: ArrayBuffer }>("SELECT data FROM vectors ORDER BY block").toArray();
        const bytes = rows.flatMap(({ data }) => [...new Uint8Array(data)]);
        const stride = strideOf(512);
        // The first four bytes are a vector's scale.
        const isFull = (place: number) =>
          bytes.slice((place - 1) * stride + 4, place * stride).some((byte) => byte !== 0);
        return Array.from({ length: bytes.length / stride }, (_, place) => place + 1).filter(isFull);
      });
    const first = Array.from({ length: 20 }, (_, at) => at + 1);
    expect(await placesOf()).toEqual([...first, 23]);
    await remove(`/sessions/${dog}`);
    expect(await placesOf()).toEqual(first);
    expect((await remove(`/sessions/${talk}/messages/5`)).status).toBe(200);
    // The vector of the next message contained this one.
    await eventually(async () => expect(await placesOf()).not.toContain(5));
    expect(await recalledFor(user)).not.toMatchObject([{ content: SPANIEL.content }]);
    await remove(`/users/${user}`);
    expect(await everythingIn(userObject(user))).toBe("");
  });

  it("chooses facts by their meaning, and has no vector of a deleted fact", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const { id } = await add(user, "Adopted a cocker spaniel.");
    for (let at = 0; at < 20; at += 1) await userObject(user).addFact(`The train number ${at} was late.`, null);
    const firstFor = async (server: typeof llamory) => {
      const asked = await server.post("/ask", { sessionId: session, userId: user, question: PETS });
      return (await asked.json<{ memory: { user: { facts: string[] } } }>()).memory.user.facts[0];
    };
    const numbers = () =>
      runInDurableObject(userObject(user), (_, { storage }) =>
        storage.sql
          .exec<{ number: number }>("SELECT number FROM fact_vectors")
          .toArray()
          .map(({ number }) => number),
      );
    expect(await firstFor(llamory)).not.toBe(id);
    await eventually(async () => expect(await numbers()).toHaveLength(21));
    await evictDurableObject(userObject(user));
    expect(await firstFor(llamory)).toBe(id);
    expect(await firstFor(withEncoder("", { ...PATIENT, EMBEDDING_MODEL: "" }))).not.toBe(id);
    await remove(`/users/${user}/facts/${id}`);
    expect(await numbers()).not.toContain(1);
    expect(await firstFor(llamory)).not.toBe(id);
  });
});
