import { describe, expect, it } from "vitest";
import { freshSession, worker } from "../support/worker";

const llamory = worker();
const append = (session: string, messages: object[]) => llamory.post(`/sessions/${session}/messages`, { messages });
const said = (content: string, createdAt?: string) => ({ role: "user", content, ...(createdAt && { createdAt }) });
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const MINUTE = 60_000;

describe("appended messages", () => {
  it("are stored in the order of their times; equal times keep their order", async () => {
    const session = freshSession();
    const noon = "2024-05-01T12:00:00Z";
    await append(session, [
      said("now"),
      said("noon", noon),
      said("later", "2024-05-01T13:00:00+00:00"),
      said("noon too", noon),
    ]);
    expect(await llamory.transcript(session)).toEqual(["user: noon", "user: noon too", "user: later", "user: now"]);
    const info = await (await llamory.fetch(`/sessions/${session}`)).json<{ firstAt: string; lastAt: string }>();
    expect(Date.parse(info.firstAt)).toBeLessThanOrEqual(Date.parse(info.lastAt));
  });

  it("that begin before the newest message of a session in use are refused, and nothing is stored", async () => {
    const session = freshSession();
    await llamory.ask(session, "What is new?");
    const history = Array.from({ length: 400 }, (_, at) =>
      said(`old ${at}`, new Date(Date.UTC(2023, 0, 1, at)).toISOString()),
    );
    const response = await append(session, history);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: "older_than_session" });
    expect(await llamory.transcript(session)).toHaveLength(2);
  });

  it("may be a little older than the newest message, because clocks differ", async () => {
    const session = freshSession();
    await append(session, [said("first", ago(10 * MINUTE))]);
    expect((await append(session, [said("second", ago(10.5 * MINUTE))])).status).toBe(201);
    expect((await append(session, [said("third", ago(12 * MINUTE))])).status).toBe(409);
  });

  it("from the future are refused by name; a few minutes are not the future", async () => {
    const session = freshSession();
    expect((await append(session, [said("soon", ago(-4 * MINUTE))])).status).toBe(201);
    for (const createdAt of ["2099-01-01T00:00:00Z", ago(-10 * MINUTE)]) {
      const response = await append(session, [said("hi"), said("then", createdAt)]);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ path: "messages.1.createdAt" }] });
    }
    expect(await llamory.transcript(session)).toEqual(["user: soon"]);
    expect((await append(session, [said("now")])).status).toBe(201);
  });

  // JSON.stringify writes an invalid date as null.
  it.each([null, true, [], "soon"])("that are none are refused with their forms: %j", async (createdAt) => {
    const messages = [{ role: "user", content: "hi", createdAt }];
    const response = await llamory.post(`/sessions/${freshSession()}/messages`, { messages });
    expect(await response.json()).toMatchObject({
      status: 400,
      errors: [{ path: "messages.0.createdAt", message: expect.stringContaining("ISO 8601") }],
    });
  });
});
