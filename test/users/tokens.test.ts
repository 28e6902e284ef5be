import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { HELD, scripted } from "../support/scripted-model";
import { digestOf } from "../support/tokens";
import { copyOf, freshSessions, freshUser, PATIENT } from "../support/users";
import { freshSession, worker } from "../support/worker";

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const MINE = await digestOf("mine");
const llamory = worker({ ...PATIENT, AUTH: "tokens", API_TOKENS: MINE, SESSION_KEY: "k".repeat(32) });
const mine = bearer("mine");

async function tokenOf(body: object): Promise<Record<string, string>> {
  const response = await llamory.post("/tokens", body, mine);
  expect(response.status).toBe(201);
  return bearer((await response.json<{ token: string }>()).token);
}

const routesOf = (session: string, turn: string): [method: string, path: string, body?: object][] => [
  ["GET", `/sessions/${session}`],
  ["GET", `/sessions/${session}/messages`],
  ["GET", `/sessions/${session}/search?q=secret`],
  ["POST", `/sessions/${session}/search`, { q: "secret" }],
  ["GET", `/sessions/${session}/turns/${turn}`],
  ["GET", `/sessions/${session}/turns/${turn}/stream`],
  ["POST", `/sessions/${session}/turns/${turn}/cancel`],
  ["POST", "/ask", { sessionId: session, question: "Hello." }],
];

async function statusesOf(routes: ReturnType<typeof routesOf>, headers: Record<string, string>): Promise<number[]> {
  const statuses: number[] = [];
  for (const [method, path, body] of routes) {
    const json = body && { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await llamory.fetch(path, { method, headers, ...json });
    await response.arrayBuffer();
    statuses.push(response.status);
  }
  return statuses;
}

/** Returns everything that a token can read of a session, without the names of session and turn. */
async function readOf(session: string, turn: string, headers: Record<string, string>): Promise<string[]> {
  const read: string[] = [];
  for (const [method, path, body] of routesOf(session, turn)) {
    if (path === "/ask") continue;
    const json = { ...headers, "content-type": "application/json", "x-request-id": "r" };
    const response = await llamory.fetch(path, { method, headers: json, ...(body && { body: JSON.stringify(body) }) });
    const kept = [...response.headers].filter(([name]) => name !== "server-timing");
    read.push(JSON.stringify([response.status, kept, (await response.text()).replaceAll(session, "…")]));
  }
  return read;
}

const asked = async (body: object) => {
  const response = await llamory.post("/ask", { question: "My secret is mango.", ...body }, mine);
  return (await response.json<{ turnId: string }>()).turnId;
};

describe("a token of a user", () => {
  it("opens the user's sessions and those that are empty: to ask, read, follow and cancel", async () => {
    const [user, [own = "", empty = ""]] = [freshUser(), freshSessions(2)];
    const headers = await tokenOf({ userId: user });
    const turn = await asked({ sessionId: own, userId: user });
    expect(new Set(await statusesOf(routesOf(own, turn), headers))).toEqual(new Set([200]));
    const known = await llamory.post("/ask", { sessionId: empty, question: "What is my secret?" }, headers);
    expect(await known.text()).toContain("mango");
    expect(await llamory.fetch(`/users/${user}/sessions`, { headers }).then((response) => response.text())).toContain(
      empty,
    );
  });

  it("reads of a foreign session what it reads of one that was never begun, and may not ask there", async () => {
    const headers = await tokenOf({ userId: freshUser() });
    const [others, nobodys] = freshSessions(2);
    const turns = [await asked({ sessionId: others, userId: freshUser() }), await asked({ sessionId: nobodys })];
    for (const [at, session = ""] of [others, nobodys].entries()) {
      const routes = routesOf(session, turns[at] ?? "");
      expect(await readOf(session, turns[at] ?? "", headers)).toEqual(await readOf(freshSession(), "none", headers));
      expect(await statusesOf(routes, headers)).toEqual([200, 200, 200, 200, 404, 404, 404, 403]);
    }
  });

  it("does not open the first turn of somebody else while it runs", async () => {
    const [session, headers] = [freshSession(), await tokenOf({ userId: freshUser() })];
    const model = await scripted(session, HELD);
    const first = llamory.post("/ask", { sessionId: session, userId: freshUser(), question: "mango" }, mine);
    await model.called();
    expect(await readOf(session, "any", headers)).toEqual(await readOf(freshSession(), "any", headers));
    await model.go();
    expect((await first).status).toBe(200);
  });

  it("opens the user's session while somebody asks there who names no user", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const turn = await asked({ sessionId: session, userId: user });
    const model = await scripted(session, HELD);
    const running = llamory.post("/ask", { sessionId: session, question: "Hello." }, mine);
    await model.called();
    const reads = routesOf(session, turn).filter(([, path]) => path !== "/ask");
    expect(new Set(await statusesOf(reads, await tokenOf({ userId: user })))).toEqual(new Set([200]));
    await model.go();
    expect((await running).status).toBe(200);
  });

  it("opens what is known of the user, and of no other", async () => {
    const [user, other] = [freshUser(), freshUser()];
    const headers = await tokenOf({ userId: user });
    const added = await llamory.post(`/users/${user}/facts`, { text: "Likes figs." }, headers);
    const { id } = await added.json<{ id: string }>();
    const routes = (of: string): ReturnType<typeof routesOf> => [
      ["GET", `/users/${of}/sessions`],
      ["GET", `/users/${of}/search?q=figs`],
      ["POST", `/users/${of}/search`, { q: "figs" }],
      ["GET", `/users/${of}/facts`],
      ["PATCH", `/users/${of}/facts/${id}`, { text: "Likes plums." }],
      ["DELETE", `/users/${of}/facts/${id}`],
    ];
    expect(new Set(await statusesOf(routes(user), headers))).toEqual(new Set([200]));
    expect(new Set(await statusesOf(routes(other), headers))).toEqual(new Set([403]));
    expect((await llamory.post(`/users/${other}/facts`, { text: "x" }, headers)).status).toBe(403);
  });

  it("stands for its user alone, and deletes nothing", async () => {
    const [user, session] = [freshUser(), freshSession()];
    const headers = await tokenOf({ userId: user });
    const as = (userId: string) => llamory.post("/ask", { sessionId: session, userId, question: "Hello." }, headers);
    expect((await as(freshUser())).status).toBe(403);
    expect((await as(user)).status).toBe(200);
    for (const path of [`/users/${user}`, `/sessions/${session}`]) {
      expect((await llamory.fetch(path, { method: "DELETE", headers })).status).toBe(403);
    }
    expect((await llamory.post("/reset", { sessionId: session }, headers)).status).toBe(403);
    expect((await llamory.post("/tokens", { userId: user }, headers)).status).toBe(403);
    await eventually(async () => expect(await copyOf(user)).toHaveLength(2));
  });

  it("names either sessions or a user, and one of sessions stands for nobody", async () => {
    const [user, session] = [freshUser(), freshSession()];
    for (const body of [{}, { sessionIds: [session], userId: user }, { userId: "" }]) {
      expect((await llamory.post("/tokens", body, mine)).status).toBe(400);
    }
    await asked({ sessionId: session, userId: user });
    const headers = await tokenOf({ sessionIds: [session] });
    const named = { sessionId: session, userId: user, question: "Hello." };
    expect((await llamory.post("/ask", named, headers)).status).toBe(403);
    const plain = await llamory.post("/ask", { sessionId: session, question: "Hello." }, headers);
    expect(plain.status).toBe(200);
    expect(await plain.json()).not.toHaveProperty("memory.user");
    expect((await llamory.fetch(`/users/${user}/sessions`, { headers })).status).toBe(403);
  });
});
