import { describe, expect, it } from "vitest";
import { scripted } from "../support/scripted-model";
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
