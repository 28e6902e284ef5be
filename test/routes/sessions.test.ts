import { describe, expect, it } from "vitest";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

describe("/sessions/:sessionId/messages", () => {
  it("appends messages that were said elsewhere, with speaker and time, and pages through them newest first", async () => {
    const session = freshSession();
    const said = Array.from({ length: 5 }, (_, index) => ({
      role: index % 2 ? "assistant" : "user",
      name: "Ana",
      content: `message ${index + 1}`,
      createdAt: `2024-05-0${index + 1}T12:00:00+02:00`,
    }));
    const appended = await llamory.post(`/sessions/${session}/messages`, { messages: said });
    expect(appended.status).toBe(201);
    expect(await appended.json()).toEqual({ sessionId: session, appended: 5, firstSeq: 1, lastSeq: 5 });

    const seen: number[] = [];
    let before = "";
    for (let page = 0; page < 3; page += 1) {
      const response = await llamory.fetch(`/sessions/${session}/messages?limit=2${before}`);
      const { data, nextCursor } = await response.json<{ data: { seq: number }[]; nextCursor: number | null }>();
      seen.push(...data.map(({ seq }) => seq));
      before = `&before=${nextCursor}`;
      expect(nextCursor === null).toBe(page === 2);
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);

    const { data } = await (await llamory.fetch(`/sessions/${session}/messages?limit=1`)).json<{ data: object[] }>();
    expect(data[0]).toMatchObject({
      seq: 5,
      role: "user",
      name: "Ana",
      content: "message 5",
      createdAt: "2024-05-05T10:00:00.000Z",
      status: "complete",
    });
  });

  it("ends the pages at the first message that was not deleted", async () => {
    const session = freshSession();
    const messages = ["one", "two", "three"].map((content) => ({ role: "user", content }));
    await llamory.post(`/sessions/${session}/messages`, { messages });
    await llamory.fetch(`/sessions/${session}/messages/1`, { method: "DELETE" });
    const page = async (query: string) => {
      const { data, nextCursor } = await (await llamory.fetch(`/sessions/${session}/messages?${query}`)).json<{
        data: { seq: number }[];
        nextCursor: number | null;
      }>();
      return [data.map(({ seq }) => seq), nextCursor];
    };
    expect(await page("limit=1")).toEqual([[3], 3]);
    expect(await page("limit=1&before=3")).toEqual([[2], null]);
    expect(await page("limit=5")).toEqual([[3, 2], null]);
    expect(await page("limit=5&before=2")).toEqual([[], null]);
  });

  it("appends all or none", async () => {
    const session = freshSession();
    const messages = [...Array(999).fill({ role: "user", content: "fine" }), { role: "user", content: "" }];
    expect((await llamory.post(`/sessions/${session}/messages`, { messages })).status).toBe(400);
    expect(await llamory.transcript(session)).toEqual([]);
  });
});

describe("/sessions/:sessionId", () => {
  it("counts messages and tokens and knows first and last time", async () => {
    const session = freshSession();
    const messages = [
      { role: "user", content: "Hello", createdAt: "2024-01-01T00:00:00.000Z" },
      { role: "assistant", content: "Hi", createdAt: "2024-01-02T00:00:00.000Z" },
    ];
    await llamory.post(`/sessions/${session}/messages`, { messages });
    expect(await (await llamory.fetch(`/sessions/${session}`)).json()).toEqual({
      sessionId: session,
      title: "Hello",
      instructions: null,
      timeZone: null,
      messages: 2,
      tokens: expect.any(Number),
      firstAt: "2024-01-01T00:00:00.000Z",
      lastAt: "2024-01-02T00:00:00.000Z",
    });
  });

  it("is called by its first question, or as somebody says, until it is emptied", async () => {
    const session = freshSession();
    const title = async () =>
      (await (await llamory.fetch(`/sessions/${session}`)).json<{ title: string | null }>()).title;
    const rename = (to: unknown) => llamory.patch(`/sessions/${session}`, { title: to });
    expect(await title()).toBeNull();
    await llamory.ask(session, `What  about\n${"bees ".repeat(40)}?`);
    expect(await title()).toBe(`What about ${"bees ".repeat(40)}`.slice(0, 80));
    for (const wrong of ["", " ", "a\nb", "x".repeat(201), 1]) expect((await rename(wrong)).status).toBe(400);
    expect(await (await rename("  Bees 🐝 ")).json()).toEqual({ ok: true, sessionId: session, title: "Bees 🐝" });
    expect(await title()).toBe("Bees 🐝");
    await llamory.post("/reset", { sessionId: session });
    expect(await title()).toBeNull();
  });

  it("shows messages by their numbers, newest first, and none that it does not have", async () => {
    const session = freshSession();
    for (const question of ["one", "two", "three"]) await llamory.ask(session, question);
    const pick = async (seq: string) => {
      const response = await llamory.fetch(`/sessions/${session}/messages?seq=${seq}`);
      return response.json<{ data: { seq: number; content: string }[]; nextCursor: null }>();
    };
    const picked = await pick("5,1,99");
    expect(picked.data.map(({ seq, content }) => `${seq} ${content}`)).toEqual(["5 three", "1 one"]);
    expect(picked.nextCursor).toBeNull();
    for (const wrong of ["0", "1,", "a", Array.from({ length: 101 }, (_, at) => at + 1).join()]) {
      expect((await llamory.fetch(`/sessions/${session}/messages?seq=${wrong}`)).status).toBe(400);
    }
  });

  it("is deleted for good, and may begin anew", async () => {
    const session = freshSession();
    await llamory.ask(session, "My name is Ana.");
    const deleted = await llamory.fetch(`/sessions/${session}`, { method: "DELETE" });
    expect(await deleted.json()).toEqual({ ok: true, sessionId: session, deleted: 2 });
    expect(await (await llamory.fetch(`/sessions/${session}`)).json()).toMatchObject({ messages: 0, firstAt: null });
    expect((await llamory.ask(session, "My name is Bo.")).status).toBe(200);
    expect(await llamory.transcript(session)).toHaveLength(2);
  });
});
