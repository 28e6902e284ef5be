import { describe, expect, it } from "vitest";
import { scripted } from "../support/scripted-model";
import { digestOf } from "../support/tokens";
import { freshSession, worker } from "../support/worker";

const llamory = worker({ SYSTEM_PROMPT: "Be kind.", MODELS: "@cf/one, @cf/two", FALLBACK_MODEL: "@cf/other" });
const change = (session: string, body: object) => llamory.patch(`/sessions/${session}`, body);
const asked = (sessionId: string, more: object = {}) => llamory.post("/ask", { sessionId, question: "Hi", ...more });
const today = (timeZone: string) => `${new Date().toLocaleDateString("en-CA", { timeZone })} (${timeZone})`;

/** Creates a session. @returns its id, its last system prompt, and its last model */
async function begun() {
  const session = freshSession();
  const model = await scripted(session, { response: "ok" });
  const last = async () => (await model.runs()).at(-1);
  return {
    session,
    prompt: async () => (await last())?.inputs.messages[0]?.content ?? "",
    model: async () => (await last())?.model,
  };
}

describe("instructions", () => {
  it("of a session follow the operator's in every ask, and those of an ask replace them", async () => {
    const { session, prompt } = await begun();
    expect((await change(session, { instructions: "You are Ada." })).status).toBe(200);
    await asked(session);
    expect(await prompt()).toMatch(/^Be kind\.\n\nToday is .*\n\nThe application that asks adds:\nYou are Ada\.$/);
    await asked(session, { instructions: "You are Bob." });
    expect(await prompt()).toContain("You are Bob.");
    expect(await prompt()).not.toContain("Ada");
    await change(session, { instructions: null });
    await asked(session);
    expect(await prompt()).not.toContain("application");
  });

  it("of a session give way to the system messages of an OpenAI request", async () => {
    const { session, prompt } = await begun();
    await change(session, { instructions: "You are Ada." });
    const chat = (...messages: object[]) =>
      llamory.post("/v1/chat/completions", { model: "x", messages }, { "x-session-id": session });
    await chat({ role: "user", content: "Hi" });
    expect(await prompt()).toContain("Ada");
    await chat({ role: "system", content: "You are Bob." }, { role: "user", content: "Hi" });
    expect(await prompt()).toContain("Bob");
    expect(await prompt()).not.toContain("Ada");
  });

  it("are shown in the preview of a prompt, take room, and end with the session", async () => {
    const { session, prompt } = await begun();
    const preview = async () => {
      const response = await llamory.post(`/sessions/${session}/context`, { question: "Hi" });
      return response.json<{ messages: { content: string }[]; promptTokens: number }>();
    };
    const { promptTokens } = await preview();
    await change(session, { instructions: "You are Ada. ".repeat(50) });
    const shown = await preview();
    expect(shown.messages[0]?.content).toContain("Ada");
    expect(shown.promptTokens).toBeGreaterThan(promptTokens + 150);
    await llamory.post("/reset", { sessionId: session });
    await asked(session);
    expect(await prompt()).not.toContain("Ada");
  });

  it("are refused if they are empty, too long or no text, by name", async () => {
    const session = freshSession();
    for (const instructions of ["", "x".repeat(400_001), 1, "\ud800"]) {
      for (const response of [await asked(session, { instructions }), await change(session, { instructions })]) {
        expect(response.status).toBe(400);
        expect(await response.json()).toMatchObject({ errors: [{ path: "instructions" }] });
      }
    }
    expect((await change(session, {})).status).toBe(400);
  });
});

describe("the time zone of a session", () => {
  it("applies to asks that name none", async () => {
    const { session, prompt } = await begun();
    const changed = await change(session, { timeZone: "Pacific/Kiritimati" });
    expect(await changed.json()).toEqual({ ok: true, sessionId: session, timeZone: "Pacific/Kiritimati" });
    await asked(session, { instructions: "You are Bob." });
    expect(await prompt()).toContain(today("Pacific/Kiritimati"));
    expect(await prompt()).toContain("Bob");
    await asked(session, { timeZone: "Pacific/Pago_Pago" });
    expect(await prompt()).toContain(today("Pacific/Pago_Pago"));
    expect((await change(session, { timeZone: "Mars/Base" })).status).toBe(400);
    const read = await llamory.fetch(`/sessions/${session}`);
    expect(await read.json()).toMatchObject({ timeZone: "Pacific/Kiritimati" });
  });
});

describe("the model of an ask", () => {
  it("is one that is listed", async () => {
    const { session, model } = await begun();
    for (const name of ["@cf/one", "@cf/two", "@cf/other"]) {
      const { model: answered } = await (await asked(session, { model: name })).json<{ model: string }>();
      expect([answered, await model()]).toEqual([name, name]);
    }
    const refused = await asked(session, { model: "@cf/three" });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ errors: [{ path: "model" }] });
    const { data } = await (await llamory.fetch("/v1/models")).json<{ data: { id: string }[] }>();
    expect(data.map(({ id }) => id)).toEqual(["llamory-offline", "@cf/other", "@cf/one", "@cf/two"]);
  });

  it("of an OpenAI request is used if it is listed", async () => {
    const { session, model } = await begun();
    for (const [name, used] of [
      ["@cf/two", "@cf/two"],
      ["gpt-5", "llamory-offline"],
    ]) {
      const body = { model: name, messages: [{ role: "user", content: "Hi" }] };
      await llamory.post("/v1/chat/completions", body, { "x-session-id": session });
      expect(await model()).toBe(used);
      await llamory.post("/v1/responses", { model: name, input: "Hi", conversation: session });
      expect(await model()).toBe(used);
    }
  });

  it("and the instructions are for API tokens: a session token sets and reads neither", async () => {
    const key = { AUTH: "tokens", SESSION_KEY: "k".repeat(32), API_TOKENS: await digestOf("mine") } as const;
    const locked = worker(key);
    const mine = { authorization: "Bearer mine" };
    const session = freshSession();
    await locked.send("PATCH", `/sessions/${session}`, { instructions: "You are Ada." }, mine);
    const made = await locked.post("/tokens", { sessionIds: [session] }, mine);
    const { token } = await made.json<{ token: string }>();
    const headers = { authorization: `Bearer ${token}` };
    for (const more of [{ model: "llamory-offline" }, { instructions: "x" }]) {
      const body = { sessionId: session, question: "Hi", ...more };
      expect((await locked.post("/ask", body, headers)).status).toBe(403);
    }
    expect((await locked.post("/ask", { sessionId: session, question: "Hi" }, headers)).status).toBe(200);
    expect(await (await locked.fetch(`/sessions/${session}`, { headers })).text()).not.toContain("Ada");
    expect(await (await locked.fetch(`/sessions/${session}`, { headers: mine })).text()).toContain("Ada");
  });
});
