import { describe, expect, it, vi } from "vitest";
import { eventually } from "../support/eventually";
import { copyOf, down, freshSessions, freshUser, PATIENT, replaced, sessionObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);

interface Listed {
  data: { sessionId: string; title: string | null; messages: number; firstAt: string; lastAt: string }[];
  nextCursor: string | null;
}

const list = async (user: string, query = ""): Promise<Listed> =>
  (await llamory.fetch(`/users/${user}/sessions${query}`)).json();

const append = async (session: string, user: string, ...messages: object[]) => {
  const response = await llamory.post(`/sessions/${session}/messages`, { userId: user, messages });
  expect(response.status).toBe(201);
};
const at = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString();
const told = (user: string, count: number) => eventually(async () => expect(await copyOf(user)).toHaveLength(count));

describe("GET /users/:userId/sessions", () => {
  it("lists what was used last first, with a title, counts and times", async () => {
    const [user, [old = "", newer = ""]] = [freshUser(), freshSessions(2)];
    const long = `Tell me\n\nabout ${"🐝 bees ".repeat(20)}`;
    await append(newer, user, { role: "assistant", content: "Hi.", createdAt: at(2) });
    await append(newer, user, { role: "user", content: long, createdAt: at(4) });
    await append(old, user, { role: "assistant", content: "Hello.", createdAt: at(3) });
    await told(user, 3);
    expect(await list(user)).toEqual({
      data: [
        {
          ...{ sessionId: newer, title: [..."Tell me about ", ...`${"🐝 bees ".repeat(20)}`].slice(0, 80).join("") },
          ...{ messages: 2, firstAt: at(2), lastAt: at(4) },
        },
        { sessionId: old, title: null, messages: 1, firstAt: at(3), lastAt: at(3) },
      ],
      nextCursor: null,
    });
    await append(old, user, { role: "user", content: "And now?", createdAt: at(5) });
    await told(user, 4);
    expect((await list(user)).data[0]).toMatchObject({ sessionId: old, title: "And now?", messages: 2 });
  });

  it("knows titles that were given, which come with the session and go with it", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const rename = (title: string) => llamory.patch(`/sessions/${session}`, { title });
    await append(session, user, { role: "user", content: "Hello." });
    await told(user, 1);
    replaced("rename", down);
    expect((await rename("Bees")).status).toBe(503);
    vi.restoreAllMocks();
    expect((await rename("Bees")).status).toBe(200);
    await append(session, user, { role: "user", content: "And now?" });
    await told(user, 2);
    expect((await list(user)).data).toMatchObject([{ title: "Bees", messages: 2 }]);
    await llamory.post("/reset", { sessionId: session });
    await append(session, user, { role: "user", content: "Anew." });
    await told(user, 1);
    expect((await list(user)).data).toMatchObject([{ title: "Anew.", messages: 1 }]);
  });

  it("knows a title that was given before the session was anybody's", async () => {
    const [user, session] = [freshUser(), freshSession()];
    await llamory.patch(`/sessions/${session}`, { title: "Bees" });
    await append(session, user, { role: "user", content: "Hello." });
    await told(user, 1);
    expect((await list(user)).data).toMatchObject([{ title: "Bees", messages: 1 }]);
  });

  it("a title that comes while the session is deleted is given to nothing", async () => {
    const [user, session] = [freshUser(), freshSession()];
    await append(session, user, { role: "user", content: "Hello." });
    await told(user, 1);
    replaced("rename", () => sessionObject(session).destroy());
    const refused = await llamory.patch(`/sessions/${session}`, { title: "Bees" });
    vi.restoreAllMocks();
    expect(await refused.json()).toMatchObject({ status: 409, code: "turn_cancelled" });
    expect(await (await llamory.fetch(`/sessions/${session}`)).json()).toMatchObject({ title: null, messages: 0 });
  });

  it("goes page by page, each session once, also where many were used at one time", async () => {
    const [user, sessions] = [freshUser(), freshSessions(7)];
    for (const session of sessions) await append(session, user, { role: "user", content: "x", createdAt: at(1) });
    await told(user, 7);
    const seen: string[] = [];
    for (let cursor: string | null = "", pages = 0; cursor !== null && pages < 9; pages += 1) {
      const page: Listed = await list(user, `?limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      seen.push(...page.data.map(({ sessionId }) => sessionId));
      cursor = page.nextCursor;
    }
    expect(seen.toSorted()).toEqual(sessions.toSorted());
  });

  it("continues behind a session of a time before 1970", async () => {
    const [user, [older = "", newer = ""]] = [freshUser(), freshSessions(2)];
    await append(older, user, { role: "user", content: "A letter.", createdAt: "1951-02-03" });
    await append(newer, user, { role: "user", content: "A reply.", createdAt: "1951-03-04" });
    await told(user, 2);
    const { data, nextCursor } = await list(user, "?limit=1");
    expect(data).toMatchObject([{ sessionId: newer, lastAt: "1951-03-04T00:00:00.000Z" }]);
    const rest = await list(user, `?cursor=${encodeURIComponent(nextCursor ?? "")}`);
    expect(rest.data).toMatchObject([{ sessionId: older }]);
  });

  it("knows nothing of a user whom nobody has named, and refuses what is no user, limit or cursor", async () => {
    expect(await list(freshUser())).toEqual({ data: [], nextCursor: null });
    const user = freshUser();
    for (const path of [
      `/users/a%2Fb/sessions`,
      `/users/${user}/sessions?limit=0`,
      `/users/${user}/sessions?cursor=x`,
    ]) {
      expect((await llamory.fetch(path)).status).toBe(400);
    }
    const session = freshSession();
    for (const userId of ["", "a/b", "x".repeat(129), 1, null]) {
      expect((await llamory.post("/ask", { sessionId: session, userId, question: "Hello." })).status).toBe(400);
    }
    expect(await llamory.transcript(session)).toEqual([]);
  });
});
