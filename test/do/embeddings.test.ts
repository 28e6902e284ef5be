/** Tests vectors that an encoder returns after their session was emptied or deleted. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { HELD, type Script, ScriptedModel, scripted } from "../support/scripted-model";
import { tablesOf } from "../support/transfer";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

/** Sessions of some 20 messages exceed their context and get vectors. */
const llamory = worker({ EMBEDDING_MODEL: "held", CONTEXT_TOKENS: "1024", REPLY_TOKENS: "64" });

const messages = Array.from({ length: 60 }, (_, at) => ({
  role: at % 2 ? "assistant" : "user",
  content: `Chapter ${at}: the weather stayed grey and the train was late for another hour.`,
}));

const run = ScriptedModel.prototype.run;

/** Holds all calls of the encoder until the returned script releases them. */
async function heldEncoder(): Promise<Script> {
  const name = freshSession();
  const options = { extraHeaders: { "x-session-affinity": env.CHAT_DO.idFromName(name).toString() } };
  vi.spyOn(ScriptedModel.prototype, "run").mockImplementation(async function (this: ScriptedModel, model, inputs) {
    if (!("text" in inputs)) return { response: "Fine." };
    await Reflect.apply(run, this, [model, { messages: [], max_tokens: 1 }, options]);
    return { data: inputs.text.map((_, at) => [1, at, -1, 0.5]) };
  });
  return scripted(name, HELD);
}

const append = (session: string) => llamory.post(`/sessions/${session}/messages`, { messages });
const infoOf = async (session: string) =>
  (await llamory.fetch(`/sessions/${session}`)).json<{ messages: number; vectors: number }>();

/** Resolves when all background work of a session's object has ended. */
async function background(session: string): Promise<unknown[]> {
  return runInDurableObject(env.CHAT_DO.getByName(session), (_, state) =>
    Promise.all(vi.mocked(state.waitUntil).mock.calls.map(([promise]) => promise)),
  );
}

/** Creates a session whose first vectors are being made. */
async function embedding(encoder: Script): Promise<string> {
  const session = freshSession();
  await runInDurableObject(env.CHAT_DO.getByName(session), (_, state) => {
    vi.spyOn(state, "waitUntil");
  });
  expect((await append(session)).status).toBe(201);
  await encoder.called();
  return session;
}

describe("vectors that come late", () => {
  it("are stored for a session that still has its messages", async () => {
    const encoder = await heldEncoder();
    const session = await embedding(encoder);
    await encoder.go();
    await background(session);
    expect(await infoOf(session)).toMatchObject({ messages: 60, vectors: 60 });
  });

  it("are not stored for a session that was emptied meanwhile", async () => {
    const encoder = await heldEncoder();
    const session = await embedding(encoder);
    expect((await llamory.post("/reset", { sessionId: session })).status).toBe(200);
    await encoder.go();
    await background(session);
    expect(await infoOf(session)).toMatchObject({ messages: 0, vectors: 0 });
  });

  it("are not stored for messages that came after the session was emptied", async () => {
    const encoder = await heldEncoder();
    const session = await embedding(encoder);
    await llamory.post("/reset", { sessionId: session });
    await worker().post(`/sessions/${session}/messages`, { messages: messages.slice(0, 4) });
    await encoder.go();
    await background(session);
    expect(await infoOf(session)).toMatchObject({ messages: 4, vectors: 0 });
  });

  it("leave no tables in a session that was deleted meanwhile", async () => {
    const encoder = await heldEncoder();
    const session = await embedding(encoder);
    expect((await llamory.fetch(`/sessions/${session}`, { method: "DELETE" })).status).toBe(200);
    await encoder.go();
    await background(session);
    expect(await tablesOf(session)).toEqual([]);
  });
});
