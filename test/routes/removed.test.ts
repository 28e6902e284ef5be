import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { factsOf } from "../support/facts";
import { PLAYED, scripted, scriptedFacts } from "../support/scripted-model";
import { Events } from "../support/sse";
import { digestOf } from "../support/tokens";
import { asks, copyOf, down, freshUser, owes, PATIENT, remove, replaced } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);
const turnOf = async (response: Promise<Response>) => (await (await response).json<{ turnId: string }>()).turnId;
const search = async (session: string, q: string) => (await llamory.post(`/sessions/${session}/search`, { q })).text();
const append = (sessionId: string, userId: string | undefined, ...contents: string[]) => {
  const messages = contents.map((content) => ({ role: "user", content }));
  return llamory.post(`/sessions/${sessionId}/messages`, { userId, messages });
};

describe("DELETE of a turn", () => {
  it("removes any turn from transcript, prompts, search and the user's memory; other turns stay", async () => {
    const [user, session, other] = [freshUser(), freshSession(), freshSession()];
    const turn = await turnOf(asks(session, user, "The code is xylophone."));
    await asks(session, user, "It rains.");
    await eventually(async () => expect(await owes(session)).toBe(false));
    const deleted = await remove(`/sessions/${session}/turns/${turn}`);
    expect(await deleted.json()).toEqual({ ok: true, sessionId: session, turnId: turn, deleted: 2 });
    expect((await copyOf(user)).join()).not.toContain("xylophone");
    const [here, there] = [await scripted(session, { response: "?" }), await scripted(other, { response: "?" })];
    await asks(session, user, "What is the code?");
    await asks(other, user, "What is the code?");
    for (const prompts of [await here.runs(), await there.runs()])
      expect(JSON.stringify(prompts)).not.toContain("xylophone");
    expect((await llamory.transcript(session))[0]).toBe("user: It rains.");
    expect(await search(session, "xylophone")).not.toContain("xylophone");
    for (const init of [{}, { method: "DELETE" }])
      expect((await llamory.fetch(`/sessions/${session}/turns/${turn}`, init)).status).toBe(404);
  });

  it("removes the facts that the model learned from it", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const learning = worker({ ...PATIENT, FACTS: "model" });
    const changes = [{ do: "add", text: "Has a dog." }];
    await scriptedFacts(user, { response: JSON.stringify({ changes }) });
    const turn = await turnOf(learning.post("/ask", { sessionId: session, userId: user, question: "I have a dog." }));
    await eventually(async () => expect(await factsOf(user)).toHaveLength(1));
    await remove(`/sessions/${session}/turns/${turn}`);
    expect(await factsOf(user)).toEqual([]);
  });

  it("ends a running turn first", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED, { response: "Yes." });
    const client = new Events(await llamory.stream(session, "Sing."));
    const start = await client.next();
    await model.say("la la");
    await client.next();
    const deleted = await remove(`/sessions/${session}/turns/${start?.data.turnId}`);
    expect(await deleted.json()).toMatchObject({ deleted: 2 });
    expect(await client.rest()).toMatchObject([{ event: "error", data: { code: "turn_cancelled" } }]);
    expect(await llamory.transcript(session)).toEqual([]);
    expect((await llamory.ask(session, "Still here?")).status).toBe(200);
  });

  it("deletes nothing if the user's memory is unavailable", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const turn = await turnOf(asks(session, user, "The code is xylophone."));
    await eventually(async () => expect(await owes(session)).toBe(false));
    const tell = replaced("tell", down);
    const refused = await remove(`/sessions/${session}/turns/${turn}`);
    tell.mockRestore();
    expect(await refused.json()).toMatchObject({ code: "user_unreachable" });
    expect(await llamory.transcript(session)).toHaveLength(2);
    expect((await remove(`/sessions/${session}/turns/${turn}`)).status).toBe(200);
  });

  it("is for API tokens and the user's own token", async () => {
    const key = { AUTH: "tokens", SESSION_KEY: "k".repeat(32), API_TOKENS: await digestOf("mine") } as const;
    const locked = worker({ ...PATIENT, ...key });
    const mine = { authorization: "Bearer mine" };
    const [user, session] = [freshUser(), freshSession()];
    const tokenFor = async (body: object) => {
      const { token } = await (await locked.post("/tokens", body, mine)).json<{ token: string }>();
      return { authorization: `Bearer ${token}` };
    };
    const question = { sessionId: session, userId: user, question: "Hello." };
    const turn = await turnOf(locked.post("/ask", question, mine));
    const drop = async (headers: Record<string, string>) => {
      const response = await locked.fetch(`/sessions/${session}/turns/${turn}`, { method: "DELETE", headers });
      return response.status;
    };
    expect(await drop(await tokenFor({ sessionIds: [session] }))).toBe(403);
    expect(await drop(await tokenFor({ userId: freshUser() }))).toBe(404);
    expect(await drop(await tokenFor({ userId: user }))).toBe(200);
  });
});

describe("DELETE of a message", () => {
  it("removes an appended message from session and user, and keeps the numbers of the others", async () => {
    const [user, session] = [freshUser(), freshSession()];
    await append(session, user, "One fig.", "The code is xylophone.", "Two figs.");
    await eventually(async () => expect(await owes(session)).toBe(false));
    const deleted = await remove(`/sessions/${session}/messages/2`);
    expect(await deleted.json()).toEqual({ ok: true, sessionId: session, seq: 2 });
    expect(await copyOf(user)).toEqual(["One fig.", "Two figs."]);
    expect(await search(session, "xylophone")).not.toContain("xylophone");
    const page = await (await llamory.fetch(`/sessions/${session}/messages`)).json<{ data: { seq: number }[] }>();
    expect(page.data.map(({ seq }) => seq)).toEqual([3, 1]);
    expect(await (await llamory.fetch(`/sessions/${session}`)).json()).toMatchObject({ messages: 2 });
  });

  it("refuses a message of a turn, an unknown one and no number", async () => {
    const session = freshSession();
    await llamory.ask(session, "Hello.");
    const drop = async (seq: string) => {
      const response = await remove(`/sessions/${session}/messages/${seq}`);
      return [response.status, (await response.json<{ code: string }>()).code];
    };
    expect(await drop("2")).toEqual([409, "message_of_a_turn"]);
    expect(await drop("3")).toEqual([404, "message_not_found"]);
    for (const bad of ["0", "-1", "1.5", "x", "1e99"]) expect(await drop(bad)).toEqual([400, "invalid_request"]);
    expect(await llamory.transcript(session)).toHaveLength(2);
  });
});
