/** Compares what the memory contains with what the reference says. */

import { runInDurableObject } from "cloudflare:test";
import { expect } from "vitest";
import type { RandomRun } from "./random-run";
import { type Line, type SessionReference, transcriptOf } from "./reference-memory";
import { copyOf, everythingIn, later, owes, ringLater, sessionObject, userObject } from "./users";

/** Rounds of alarms until nothing is due any more. */
const ROUNDS = 10;
/** As long as any task waits for its next try, in milliseconds. */
const LATER_MS = 600_000;

/** Returns a session's transcript, oldest first. */
export async function transcript(run: RandomRun, at: number): Promise<(Line & { seq: number })[]> {
  const path = `/sessions/${run.reference.session(at).id}/messages?limit=1000`;
  const { data } = await run.json<{ data: (Line & { seq: number })[] }>("GET", path, undefined, { session: at });
  return data.reverse().map(({ seq, role, content }) => ({ role, content, seq }));
}

/** Lets a session tell its user's object what that does not know yet. */
export async function synced(session: string): Promise<void> {
  for (let round = 0; round < ROUNDS && (await owes(session)); round += 1) await ringLater(session);
}

/** Lets a user's object learn from all turns that wait. */
async function learnt(user: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    if (!(await everythingIn(userObject(user))).includes('"lessons"')) return;
    await runInDurableObject(userObject(user), (object) => later(LATER_MS, () => object.alarm()));
  }
}

/** Compares everything, once nothing is on its way any more. */
export async function compare(run: RandomRun): Promise<void> {
  const { sessions, users } = run.reference;
  for (const { id } of sessions) await synced(id);
  for (const { id } of users) await learnt(id);
  for (const [at, session] of sessions.entries()) await compareSession(run, session, at);
  for (const at of users.keys()) await compareUser(run, at);
}

async function compareSession(run: RandomRun, session: SessionReference, at: number): Promise<void> {
  const scope = { session: at };
  const expected = transcriptOf(session);
  const path = `/sessions/${session.id}`;
  const { data } = await run.json<{ data: (Line & { seq: number; tokens: number })[] }>(
    ...(["GET", `${path}/messages?limit=1000`, undefined, scope] as const),
  );
  expect(data.reverse().map(({ seq, role, content }) => ({ role, content, seq }))).toEqual(expected);
  const info = await run.json<{ messages: number; tokens: number }>("GET", path, undefined, scope);
  expect(info.messages).toBe(data.length);
  expect(info.tokens).toBe(data.reduce((sum, { tokens }) => sum + tokens, 0));
  const found = await run.json<{ data: (Line & { seq: number })[] }>(
    ...(["POST", `${path}/search`, { q: "tea", limit: 100 }, scope] as const),
  );
  for (const { role, content, seq } of found.data) expect(expected).toContainEqual({ role, content, seq });
  run.reference.check(await everythingIn(sessionObject(session.id)), scope, "the storage of a session");
}

/** What a user's object has of a session: no calls and no results. */
const spoken = (session: SessionReference) =>
  transcriptOf(session).filter(({ role, content }) => role !== "tool" && content !== "");

async function compareUser(run: RandomRun, at: number): Promise<void> {
  const { id, facts } = run.reference.user(at);
  const scope = { user: at };
  const own = run.reference.sessions.filter(({ owner }) => owner === at);
  const copy = await copyOf(id);
  expect(copy.sort()).toEqual(own.flatMap((session) => spoken(session).map(({ content }) => content)).sort());
  const path = `/users/${id}`;
  const listed = await run.json<{ data: { sessionId: string; messages: number }[] }>(
    ...(["GET", `${path}/sessions`, undefined, scope] as const),
  );
  const counts = own.map((session) => [session.id, spoken(session).length] as const).filter(([, count]) => count > 0);
  expect(listed.data.map(({ sessionId, messages }) => [sessionId, messages]).sort()).toEqual(counts.sort());
  const found = await run.json<{ data: (Line & { sessionId: string; seq: number })[] }>(
    ...(["POST", `${path}/search`, { q: "tea", limit: 100 }, scope] as const),
  );
  for (const { sessionId, role, content, seq } of found.data) {
    const session = own.find(({ id }) => id === sessionId);
    expect(session && spoken(session), `search of a user: ${sessionId}`).toContainEqual({ role, content, seq });
  }
  const stored = await run.json<{ data: { id: string; text: string }[] }>("GET", `${path}/facts`, undefined, scope);
  const texts = new Map(stored.data.map((fact) => [fact.id, fact.text]));
  for (const [fact, text] of facts) expect(texts.get(fact)).toBe(text);
  run.reference.check(await everythingIn(userObject(id)), scope, "the storage of a user");
}
