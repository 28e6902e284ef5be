/** Compares the memory with the reference. */
import { runInDurableObject } from "cloudflare:test";
import { expect } from "vitest";
import type { RandomRun } from "./random-run";
import { type Line, type SessionReference, transcriptOf } from "./reference-memory";
import { copyOf, everythingIn, later, owes, ringLater, sessionObject, userObject } from "./users";

/** The most alarms that an object may need until none of its tasks is due. */
const ROUNDS = 10;
/** The number of milliseconds after which every failed task is due again. */
const LATER_MS = 600_000;

type Placed = Line & { seq: number };

/** Returns a session's transcript, oldest first. */
export async function transcript(run: RandomRun, at: number): Promise<(Placed & { tokens: number })[]> {
  const path = `/sessions/${run.reference.session(at).id}/messages?limit=1000`;
  const { data } = await run.json<{ data: (Placed & { tokens: number })[] }>("GET", path, undefined, { session: at });
  return data.reverse();
}

const placed = ({ seq, role, content }: Placed): Placed => ({ seq, role, content });

/** Runs a session's alarm until its user's object has all updates. */
export async function synced(session: string): Promise<void> {
  for (let round = 0; round < ROUNDS && (await owes(session)); round += 1) await ringLater(session);
}

/** Lets a user's object learn from all waiting turns. */
async function learnt(user: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    if (!(await everythingIn(userObject(user))).includes("lessons")) return;
    await runInDurableObject(userObject(user), (object) => later(LATER_MS, () => object.alarm()));
  }
}

/** Compares all sessions and users after all syncs have ended. */
export async function compare(run: RandomRun): Promise<void> {
  const { sessions, users, violations } = run.reference;
  for (const { id } of sessions) await synced(id);
  for (const { id } of users) await learnt(id);
  for (const at of sessions.keys()) await compareSession(run, at);
  for (const at of users.keys()) await compareUser(run, at);
  expect(violations).toEqual([]);
}

async function compareSession(run: RandomRun, at: number): Promise<void> {
  const session = run.reference.session(at);
  const scope = { session: at };
  const path = `/sessions/${session.id}`;
  const expected = transcriptOf(session);
  const stored = await transcript(run, at);
  expect(stored.map(placed)).toEqual(expected);
  const info = await run.json<{ messages: number; tokens: number }>("GET", path, undefined, scope);
  const tokens = stored.reduce((sum, message) => sum + message.tokens, 0);
  expect(info).toMatchObject({ messages: expected.length, tokens });
  const tea = { q: "tea", limit: 100 };
  const found = await run.json<{ data: Placed[] }>("POST", `${path}/search`, tea, scope);
  expect(expected).toEqual(expect.arrayContaining(found.data.map(placed)));
  run.reference.check(await everythingIn(sessionObject(session.id)), scope, "the storage of a session");
}

/** Returns the messages that a user's object has of a session, without calls and results. */
const spoken = (session: SessionReference) =>
  transcriptOf(session).filter(({ role, content }) => role !== "tool" && content !== "");

/** Returns the messages of a session that a fork did not copy. */
function own(session: SessionReference): Placed[] {
  const isCopied = session.units.flatMap(({ copied = false, lines }) => lines.map(() => copied));
  return spoken(session).filter(({ seq }) => !isCopied[seq - 1]);
}

async function compareUser(run: RandomRun, at: number): Promise<void> {
  const { id, facts } = run.reference.user(at);
  const scope = { user: at };
  const path = `/users/${id}`;
  const sessions = run.reference.sessions.filter(({ owner }) => owner === at);
  const expected = sessions.flatMap((session) =>
    own(session).map((message) => ({ sessionId: session.id, ...message })),
  );
  expect((await copyOf(id)).sort()).toEqual(expected.map(({ content }) => content).sort());
  const listed = await run.json<{ data: { sessionId: string; messages: number }[] }>(
    "GET",
    `${path}/sessions`,
    undefined,
    scope,
  );
  const counts = (sessions: { sessionId: string; messages: number }[]) =>
    sessions.map(({ sessionId, messages }) => `${sessionId}: ${messages}`).sort();
  const known = sessions.map((session) => ({ sessionId: session.id, messages: spoken(session).length }));
  expect(counts(listed.data)).toEqual(counts(known.filter(({ messages }) => messages > 0)));
  const tea = { q: "tea", limit: 100 };
  const found = await run.json<{ data: (Placed & { sessionId: string })[] }>("POST", `${path}/search`, tea, scope);
  const places = found.data.map(({ sessionId, ...message }) => ({ sessionId, ...placed(message) }));
  expect(expected).toEqual(expect.arrayContaining(places));
  const { data } = await run.json<{ data: { id: string; text: string }[] }>("GET", `${path}/facts`, undefined, scope);
  const texts = data.map((fact) => [fact.id, fact.text]);
  expect(texts).toEqual(expect.arrayContaining([...facts]));
  run.reference.check(await everythingIn(userObject(id)), { ...scope, history: true }, "the storage of a user");
}
