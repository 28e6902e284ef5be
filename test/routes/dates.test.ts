import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { scripted } from "../support/scripted-model";
import { freshUser, owes } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

/** Returns the prompt of a question in a session with one message at a time. */
async function promptAt(createdAt: string, timeZone?: string, settings = {}) {
  const session = freshSession();
  const model = await scripted(session, { response: "ok" });
  const messages = [{ role: "user", content: "I booked a table.", createdAt }];
  await llamory.post(`/sessions/${session}/messages`, { messages });
  const asked = { sessionId: session, question: "When did I say that?", ...(timeZone && { timeZone }) };
  const response = await worker(settings).post("/ask", asked);
  return { response, prompt: (await model.runs())[0]?.inputs.messages.map(({ content }) => content) ?? [] };
}

/** Returns today's date in a time zone, from the runtime's own formatter. */
/** Recalls from a session with one message of 2026-03-02 in Tokyo, which is 2026-03-01 in UTC. */
async function recalledAt(question: string, options: object, settings = {}) {
  const session = freshSession();
  const said = [
    ["2026-02-20T03:00:00Z", "Early."],
    ["2026-03-02T01:30:00+09:00", "A table at Noma."],
    ["2026-03-04T03:00:00Z", "Late."],
  ].map(([createdAt, content]) => ({ role: "user", content, createdAt }));
  const talk = Array.from({ length: 40 }, (_, at) => ({ role: "user", content: `Grey ${at}.` }));
  const tokyo = worker(settings);
  await tokyo.post(`/sessions/${session}/messages`, { messages: [...said, ...talk] });
  const previewed = await tokyo.post(`/sessions/${session}/context`, { question, windowTokens: 0, ...options });
  const { messages } = await previewed.json<{ messages: { content: string }[] }>();
  const searched = await tokyo.post(`/sessions/${session}/search`, { q: question, ...options });
  const { data } = await searched.json<{ data: { content: string }[] }>();
  return { prompt: messages.map(({ content }) => content).join("\n"), found: data.map(({ content }) => content) };
}

const today = (timeZone: string) => new Date().toLocaleDateString("en-CA", { timeZone });

describe("the days of a prompt", () => {
  it.each(["Pacific/Kiritimati", "Pacific/Pago_Pago"])("are those of the request's time zone, %s", async (timeZone) => {
    const { prompt } = await promptAt("2026-03-01T16:30:00Z", timeZone);
    expect(prompt[0]).toContain(`${today(timeZone)} (${timeZone}).`);
    expect(prompt[1]).toBe(
      timeZone === "Pacific/Kiritimati" ? "[Mon 2026-03-02] I booked a table." : "[Sun 2026-03-01] I booked a table.",
    );
  });

  it("are those of TIME_ZONE for a request without a time zone, and of UTC without a setting", async () => {
    const settings = { TIME_ZONE: "Asia/Tokyo" };
    expect((await promptAt("2026-03-01T16:30:00Z", undefined, settings)).prompt[1]).toContain("[Mon 2026-03-02]");
    expect((await promptAt("2026-03-01T16:30:00Z")).prompt[1]).toContain("[Sun 2026-03-01]");
  });

  it.each([
    ["the request", { timeZone: "Asia/Tokyo" }, {}],
    ["TIME_ZONE", {}, { TIME_ZONE: "Asia/Tokyo" }],
  ])("are those of the time zone of %s in quotations and in questions", async (_whose, options, settings) => {
    const { prompt, found } = await recalledAt("What did I book on 2026-03-02?", options, settings);
    expect(prompt).toContain("Mon 2026-03-02:\n> user: A table at Noma.");
    expect(found[0]).toBe("A table at Noma.");
    expect((await recalledAt("What did I book on 2026-03-02?", {})).found).not.toContain("A table at Noma.");
  });

  it("are understood in a question that writes them as German does", async () => {
    const session = freshSession();
    const messages = [
      { role: "user", content: "Ein Tisch im Noma.", createdAt: "2023-10-10T12:00:00Z" },
      ...Array.from({ length: 40 }, (_, at) => ({ role: "user", content: `Grau ${at}.` })),
    ];
    await llamory.post(`/sessions/${session}/messages`, { messages });
    const question = "Was habe ich am 10. Oktober 2023 gemacht?";
    const response = await llamory.post(`/sessions/${session}/context`, { question, windowTokens: 0 });
    const { memory } = await response.json<{ memory: { recalled: { content: string }[] } }>();
    expect(memory.recalled[0]?.content).toBe("Ein Tisch im Noma.");
  });

  it.each([
    ["search", { q: "Noma" }],
    ["context", { question: "Noma?" }],
  ])("are refused by name in a %s of an unknown time zone", async (route, asked) => {
    const body = { ...asked, timeZone: "Mars/Olympus" };
    const response = await llamory.post(`/sessions/${freshSession()}/${route}`, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ path: "timeZone" }] });
  });

  it("are those of the time zone in a search of all sessions of a user", async () => {
    const user = freshUser();
    const session = freshSession();
    const messages = [{ role: "user", content: "A table at Noma.", createdAt: "2026-03-02T01:30:00+09:00" }];
    await llamory.post(`/sessions/${session}/messages`, { messages, userId: user });
    await eventually(async () => expect(await owes(session)).toBe(false));
    const found = async (timeZone?: string) => {
      const body = { q: "What did I book on 2026-03-02?", timeZone };
      const response = await llamory.post(`/users/${user}/search`, body);
      return (await response.json<{ data: unknown[] }>()).data.length;
    };
    expect([await found("Asia/Tokyo"), await found()]).toEqual([1, 0]);
  });

  it("are shown once a day, before user messages only", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "ok" });
    const at = (day: number, hour: number) => new Date(Date.UTC(2026, 0, day, hour)).toISOString();
    await llamory.post(`/sessions/${session}/messages`, {
      messages: [
        { role: "user", content: "one", createdAt: at(5, 8) },
        { role: "assistant", content: "two", createdAt: at(5, 9) },
        { role: "user", content: "three", createdAt: at(5, 10) },
        { role: "assistant", content: "four", createdAt: at(6, 8) },
        { role: "user", content: "five", createdAt: at(6, 9) },
      ],
    });
    await llamory.ask(session, "six");
    const prompt = (await model.runs())[0]?.inputs.messages.slice(1).map(({ content }) => content);
    expect(prompt).toEqual(["[Mon 2026-01-05] one", "two", "three", "four", "[Tue 2026-01-06] five", "six"]);
  });

  it.each(["Mars/Olympus", "", "UTC; DROP", 7])("refuses the time zone %j by name", async (timeZone) => {
    const response = await llamory.post("/ask", { sessionId: freshSession(), question: "Hi", timeZone });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ path: "timeZone" }] });
  });
});
