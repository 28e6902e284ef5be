import { describe, expect, it } from "vitest";
import { PLAYED, scripted } from "../support/scripted-model";
import { Events } from "../support/sse";
import { exported, imported, tablesOf } from "../support/transfer";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

const turnsOf = async (session: string) => {
  const response = await llamory.fetch(`/sessions/${session}/messages?limit=1000`);
  return (await response.json<{ data: { turnId?: string; status: string; content: string }[] }>()).data;
};

/** Creates a session with turns of every outcome and messages of every role. */
async function variousSession(): Promise<string> {
  const session = freshSession();
  await llamory.post(`/sessions/${session}/messages`, {
    messages: [
      { role: "system", content: "Be kind.", createdAt: "2020-02-29T23:59:59.999Z" },
      { role: "user", name: "Ana \u{1f41d}", content: 'The "honey"\r\nis\u2028ripe \u0000 \u{1f36f}.' },
      { role: "assistant", name: "Bo", content: "\\ / \u007f" },
    ],
  });
  const model = await scripted(
    session,
    { response: "Yes.", usage: { prompt_tokens: 7, completion_tokens: 2 } },
    PLAYED,
  );
  await llamory.ask(session, "Is the honey ripe?");
  const interrupted = new Events(await llamory.stream(session, "Sing."));
  await interrupted.next();
  await model.say("la la");
  await interrupted.next();
  await model.fail();
  await interrupted.rest();
  await scripted(session, PLAYED);
  const cancelled = new Events(await llamory.stream(session, "Think."));
  const start = await cancelled.next();
  await llamory.fetch(`/sessions/${session}/turns/${start?.data.turnId}/cancel`, { method: "POST" });
  await cancelled.rest();
  await llamory.patch(`/sessions/${session}`, { title: "Honey \u{1f36f}" });
  return session;
}

describe("an export", () => {
  it("names no session, and can be imported elsewhere, where it is exported byte by byte the same", async () => {
    const [from, to] = [await variousSession(), freshSession()];
    const lines = await exported(from);
    expect(lines).not.toContain(from);
    for (const status of ["complete", "interrupted", "cancelled"]) expect(lines).toContain(`"status":"${status}"`);
    const response = await imported(to, lines);
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ sessionId: to, messages: 9 });
    expect(await exported(to)).toBe(lines);
    expect(await turnsOf(to)).toEqual(await turnsOf(from));
    const [answer] = (await turnsOf(from)).filter(({ status, turnId }) => status === "complete" && turnId);
    const turn = async (session: string) =>
      (await llamory.fetch(`/sessions/${session}/turns/${answer?.turnId}`)).json<Record<string, unknown>>();
    expect({ ...(await turn(to)), sessionId: from }).toEqual(await turn(from));
    const found = async (session: string) => (await llamory.post(`/sessions/${session}/search`, { q: "honey" })).text();
    expect(await found(to)).toContain("honey");
    expect((await found(to)).replaceAll(to, from)).toBe(await found(from));
    const counts = async (session: string) => (await llamory.fetch(`/sessions/${session}`)).json<object>();
    expect(await counts(to)).toEqual({ ...(await counts(from)), sessionId: to });
  });

  it("of a session that has a title alone brings it along, and one of two lines is refused", async () => {
    const [from, to] = [freshSession(), freshSession()];
    const titled = (title: string) => `{"llamory":"session","version":1,"title":"${title}"}\n{"end":{"messages":0}}\n`;
    expect((await imported(from, titled("Bees"))).status).toBe(201);
    expect(await exported(from)).toBe(titled("Bees"));
    const refused = await imported(to, titled("Bees\\nWasps"));
    expect(await refused.json()).toMatchObject({ code: "invalid_request", errors: [{ path: "line.1.title" }] });
    expect(await tablesOf(to)).toEqual([]);
  });

  it("of a session that never was is empty, and leaves no tables", async () => {
    const session = freshSession();
    expect(await exported(session)).toBe('{"llamory":"session","version":1}\n{"end":{"messages":0}}\n');
    expect(await tablesOf(session)).toEqual([]);
  });

  it("leaves a turn that runs out", async () => {
    const session = freshSession();
    await llamory.ask(session, "Before.");
    const model = await scripted(session, PLAYED);
    const client = new Events(await llamory.stream(session, "Sing."));
    await client.next();
    const lines = await exported(session);
    expect(lines).not.toContain("Sing.");
    expect(lines).toContain('{"end":{"messages":2}}');
    await model.end();
    await client.rest();
  });

  it("breaks off where the session is emptied meanwhile, and what came of it cannot be imported", async () => {
    const session = freshSession();
    const messages = Array.from({ length: 1_000 }, () => ({ role: "user", content: "x".repeat(2_000) }));
    await llamory.post(`/sessions/${session}/messages`, { messages });
    const reader = (await llamory.raw(`/sessions/${session}/export`)).body?.getReader();
    const first = await reader?.read();
    await llamory.post("/reset", { sessionId: session });
    await llamory.ask(session, "A new life?");
    let text = new TextDecoder().decode(first?.value);
    await expect(
      (async () => {
        for (;;) {
          const part = await reader?.read();
          if (!part || part.done) return;
          text += new TextDecoder().decode(part.value);
        }
      })(),
    ).rejects.toThrow();
    expect(text).not.toContain("A new life?");
    expect((await imported(freshSession(), text)).status).toBe(400);
  });
});
