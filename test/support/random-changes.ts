/** Random changes of sessions, users and facts, each with its effect on the reference. */
import { expect } from "vitest";
import { openaiId } from "../../src/wire/response-objects";
import { synced, transcript } from "./compare-memory";
import { eventually } from "./eventually";
import { one, type Step } from "./random-step";

export async function append(step: Step): Promise<void> {
  const { run, session, at, user, pick } = step;
  const lines = Array.from({ length: 1 + (pick % 3) }, (_, index) => ({
    role: (["user", "assistant", "system"] as const)[(pick + index) % 3] ?? "user",
    content: run.reference.text({ session: at, user }, "was said about tea."),
  }));
  const userId = user === undefined ? undefined : run.reference.user(user).id;
  const sent = await run.send("POST", `/sessions/${session.id}/messages`, { messages: lines, userId }, { session: at });
  if (!run.mayUse(session, user)) return expect(sent.status).toBe(409);
  const firstSeq = session.units.flatMap((unit) => unit.lines).length + 1;
  expect(sent.status).toBe(201);
  expect(JSON.parse(sent.text)).toMatchObject({ appended: lines.length, firstSeq });
  session.owner ??= user;
  session.units.push({ lines, withdrawn: false });
}

/** Withdraws a turn. A second withdrawal changes nothing. */
export async function withdraw(step: Step): Promise<void> {
  const { run, session, at, pick } = step;
  const unit = one(
    session.units.filter(({ turnId }) => turnId),
    pick,
  );
  if (!unit?.turnId) return append(step);
  const path =
    pick % 2 === 0
      ? `/sessions/${session.id}/turns/${unit.turnId}`
      : `/v1/responses/${openaiId("resp", session.id, unit.turnId)}`;
  await run.json("DELETE", path, undefined, { session: at }, unit.withdrawn ? 404 : 200);
  unit.withdrawn = true;
}

/** Deletes an appended message. */
export async function deleteMessage(step: Step): Promise<void> {
  const { run, session, at, pick } = step;
  const unit = one(
    session.units.filter(({ turnId, lines, withdrawn }) => !turnId && !withdrawn && lines.length === 1),
    pick,
  );
  if (!unit) return append(step);
  const before = session.units.slice(0, session.units.indexOf(unit));
  const seq = before.flatMap(({ lines }) => lines).length + 1;
  await run.json("DELETE", `/sessions/${session.id}/messages/${seq}`, undefined, { session: at });
  unit.withdrawn = true;
}

/** Forks a session into another one. */
export async function fork({ run, session, at, pick }: Step): Promise<void> {
  const to = run.reference.session(pick);
  const units = session.units.filter(({ withdrawn }) => !withdrawn);
  const sent = await run.send("POST", `/sessions/${session.id}/fork`, { sessionId: to.id }, { session: at });
  if (units.length === 0) return expect(sent.status).toBe(404);
  if (to.units.length > 0) return expect(sent.status).toBe(409);
  expect(sent.status, sent.text).toBe(201);
  expect(JSON.parse(sent.text)).toMatchObject({ messages: units.flatMap(({ lines }) => lines).length });
  to.units = units.map((unit) => ({ ...unit, key: undefined, copied: session.owner !== undefined }));
  to.title = session.title;
  to.owner = session.owner;
}

/** Exports a session and imports it into another one. */
export async function copy({ run, session, at, pick }: Step): Promise<void> {
  const exported = await run.send("GET", `/sessions/${session.id}/export`, undefined, { session: at });
  expect(exported.status).toBe(200);
  const to = run.reference.session(pick);
  const imported = await run.send("POST", `/sessions/${to.id}/import`, exported.text, { session: pick });
  if (to.units.length > 0) return expect(imported.status).toBe(409);
  const units = session.units.filter(({ withdrawn }) => !withdrawn);
  expect(imported.status, imported.text).toBe(201);
  expect(JSON.parse(imported.text)).toMatchObject({ messages: units.flatMap(({ lines }) => lines).length });
  to.units = units.map((unit) => ({ ...unit, key: undefined, copied: false }));
  to.title = session.title;
}

export async function rename({ run, session, at }: Step): Promise<void> {
  const title = run.reference.text({ session: at }, "tea talk");
  await run.json("PATCH", `/sessions/${session.id}`, { title }, { session: at });
  session.title = title;
}

export async function reset({ run, session }: Step): Promise<void> {
  await run.json("POST", "/reset", { sessionId: session.id }, {});
  run.reference.clear(session);
}

export async function deleteSession({ run, session }: Step): Promise<void> {
  await run.json("DELETE", `/sessions/${session.id}`, undefined, {});
  run.reference.clear(session);
}

/** Deletes a user with all their sessions. */
export async function deleteUser({ run, pick }: Step): Promise<void> {
  const user = pick % run.reference.users.length;
  await run.json("DELETE", `/users/${run.reference.user(user).id}`, undefined, {});
  run.reference.user(user).facts.clear();
  run.reference.user(user).past.clear();
  for (const [at, session] of run.reference.sessions.entries()) {
    if (session.owner !== user) continue;
    run.reference.clear(session);
    // A session that is new to its user's object is deleted when it syncs.
    await synced(session.id);
    await eventually(async () => expect(await transcript(run, at)).toEqual([]));
  }
}

export async function addFact({ run, at, session, pick }: Step): Promise<void> {
  const user = pick % run.reference.users.length;
  const text = run.reference.text({ user }, "is a fact about tea.");
  const source = pick % 3 === 0 ? { sessionId: session.id, seq: at + 1 } : undefined;
  const path = `/users/${run.reference.user(user).id}/facts`;
  const { id } = await run.json<{ id: string }>("POST", path, { text, source }, { user }, 201);
  run.reference.user(user).facts.set(id, text);
}

/** Changes or deletes a fact that a person or the model wrote. */
export async function changeFact(step: Step): Promise<void> {
  const { run, pick } = step;
  const user = pick % run.reference.users.length;
  const { id: userId, facts, past } = run.reference.user(user);
  const path = `/users/${userId}/facts`;
  const { data } = await run.json<{ data: { id: string }[] }>("GET", path, undefined, { user });
  const fact = one(data, pick);
  if (!fact) return addFact(step);
  if (pick % 3 === 0) {
    await run.json("DELETE", `${path}/${fact.id}`, undefined, { user });
    facts.delete(fact.id);
    past.delete(fact.id);
  } else {
    const text = run.reference.text({ user }, "is another fact about tea.");
    await run.json("PATCH", `${path}/${fact.id}`, { text }, { user });
    past.set(fact.id, `${past.get(fact.id) ?? ""} ${facts.get(fact.id) ?? ""}`);
    facts.set(fact.id, text);
  }
}
