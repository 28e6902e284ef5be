import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { scripted } from "../support/scripted-model";
import { digestOf } from "../support/tokens";
import { asks, freshUser, owes, PATIENT, remove } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);
interface SentPrompt {
  model: string;
  messages: { role: string; content: string }[];
  exact: boolean;
}
const promptOf = async (session: string, turn: string) =>
  (await llamory.fetch(`/sessions/${session}/turns/${turn}/prompt`)).json<SentPrompt>();
const turnOf = async (response: Response) => (await response.json<{ turnId: string }>()).turnId;

describe("the prompt of a turn", () => {
  it("is the text that the model received, also after later turns", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const model = await scripted(session, { response: "Noted." });
    await llamory.patch(`/sessions/${session}`, { instructions: "You are Ada." });
    await asks(session, user, "My name is Ana.");
    const turn = await turnOf(await asks(session, user, "What is my name?", { maxTokens: 99 }));
    await asks(session, user, "And my town?");
    const { messages, ...rest } = await promptOf(session, turn);
    expect(rest).toEqual({ model: "llamory-offline", exact: true });
    expect(messages).toEqual((await model.runs())[1]?.inputs.messages);
  });

  it("is not exact after an earlier turn was deleted, or the settings changed", async () => {
    const session = freshSession();
    const first = await turnOf(await llamory.ask(session, "My name is Ana."));
    const turn = await turnOf(await llamory.ask(session, "What is my name?"));
    expect((await promptOf(session, turn)).exact).toBe(true);
    await llamory.patch(`/sessions/${session}`, { instructions: "You are Ada." });
    expect((await promptOf(session, turn)).exact).toBe(false);
    await llamory.patch(`/sessions/${session}`, { instructions: null });
    expect((await promptOf(session, turn)).exact).toBe(true);
    await remove(`/sessions/${session}/turns/${first}`);
    const after = await promptOf(session, turn);
    expect(after.exact).toBe(false);
    expect(JSON.stringify(after)).not.toContain("Ana");
  });

  it("is not exact after a fact was added", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const turn = await turnOf(await asks(session, user, "Hello."));
    await eventually(async () => expect(await owes(session)).toBe(false));
    expect((await promptOf(session, turn)).exact).toBe(true);
    await llamory.post(`/users/${user}/facts`, { text: "Has a dog." });
    expect((await promptOf(session, turn)).exact).toBe(false);
  });

  it("is for API tokens, and 404 for an unknown turn; no answer shows its hash", async () => {
    const session = freshSession();
    const answer = await llamory.ask(session, "Hello.");
    const text = await answer.text();
    expect(text).not.toContain("hash");
    expect((await llamory.fetch(`/sessions/${session}/turns/unknown/prompt`)).status).toBe(404);
    const key = { AUTH: "tokens", SESSION_KEY: "k".repeat(32), API_TOKENS: await digestOf("mine") } as const;
    const locked = worker(key);
    const made = await locked.post("/tokens", { sessionIds: [session] }, { authorization: "Bearer mine" });
    const headers = { authorization: `Bearer ${(await made.json<{ token: string }>()).token}` };
    const path = `/sessions/${session}/turns/${JSON.parse(text).turnId}/prompt`;
    expect((await locked.fetch(path, { headers })).status).toBe(403);
  });
});
