/** Random operations on the memory over HTTP, each with its effect on the reference. */
import { evictDurableObject } from "cloudflare:test";
import { expect, vi } from "vitest";
import { openaiId } from "../../src/wire/response-events";
import { synced, transcript } from "./compare-memory";
import { lose } from "./lose";
import type { Answer, RandomRun } from "./random-run";
import type { SessionReference, Unit } from "./reference-memory";
import { sessionObject, userObject } from "./users";
import { weather } from "./weather";

/** What an operation is done with. */
interface Step {
  run: RandomRun;
  session: SessionReference;
  /** Its index. */
  at: number;
  /** The index of the user, if the operation names one. */
  user: number | undefined;
  /** Chooses among what there is. */
  pick: number;
}

const one = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(list.length, 1)];
const question = ({ run, at, user }: Step) => {
  const scope = { session: at, user };
  return { ...scope, question: run.reference.text(scope, "asks about tea.") };
};
const userHeader = ({ run, user }: Step) => (user === undefined ? {} : { "x-user-id": run.reference.user(user).id });

async function ask(step: Step): Promise<void> {
  const { run, pick } = step;
  const asked = question(step);
  const key = pick % 2 === 0 ? crypto.randomUUID() : undefined;
  const answer = await run.ask(asked, key);
  if (answer) run.store(asked, answer, { key });
}

async function stream(step: Step): Promise<void> {
  const asked = question(step);
  const events = await (await step.run.stream(asked))?.rest();
  if (!events) return;
  expect(events.map(({ event }) => event)).toEqual(["start", ...Array(events.length - 2).fill("delta"), "done"]);
  const done = events.at(-1)?.data;
  step.run.store(asked, { turnId: String(done?.turnId), answer: String(done?.answer) });
}

/** Repeats a question with its key: the same turn again. */
async function repeat(step: Step): Promise<void> {
  const { run, session, at, pick } = step;
  const unit = one(
    session.units.filter(({ key, withdrawn }) => key && !withdrawn),
    pick,
  );
  if (!unit) return ask(step);
  const [asked, answered] = unit.lines;
  const again = await run.ask({ session: at, user: session.owner, question: asked?.content ?? "" }, unit.key);
  expect(again).toMatchObject({ turnId: unit.turnId, answer: answered?.content, replayed: true });
}

/** Asks three questions at once. */
async function burst(step: Step): Promise<void> {
  const { run, session } = step;
  const asked = [question(step), question(step), question(step)];
  const answers = await Promise.all(asked.map((one) => run.ask(one)));
  const stored = asked.flatMap((one, index) => {
    const answer = answers[index];
    return answer ? [{ one, answer }] : [];
  });
  for (const { one, answer } of stored) run.store(one, answer);
  // They are answered one after the other, in the order in which they arrived.
  const order = (await transcript(run, step.at)).map(({ content }) => content);
  const place = ({ lines }: Unit) => order.indexOf(lines[0]?.content ?? "");
  const newest = session.units.splice(session.units.length - stored.length);
  session.units.push(...newest.sort((a, b) => place(a) - place(b)));
}

async function append(step: Step): Promise<void> {
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

/** Asks over the chat completions with a function that the model calls. */
async function callTool(step: Step): Promise<void> {
  const { run, session } = step;
  const asked = question(step);
  run.model.user = step.user;
  run.model.play = "calls";
  const body = { messages: [{ role: "user", content: asked.question }], tools: [weather] };
  const headers = { "x-session-id": session.id, ...userHeader(step) };
  const sent = await run.send("POST", "/v1/chat/completions", body, asked, headers);
  if (!run.mayUse(session, step.user)) return expect(sent.status).toBe(409);
  expect(sent.status, sent.text).toBe(200);
  const { id, choices } = JSON.parse(sent.text);
  const calls = choices[0].message.tool_calls;
  run.store(asked, { turnId: id.replace(/^chatcmpl-/, ""), answer: "" }, { calls });
}

/** Sends what the function returned. */
async function returnResult(step: Step): Promise<void> {
  const { run, session, at } = step;
  const last = session.units.at(-1);
  if (!last?.calls || last.withdrawn) return callTool(step);
  const user = session.owner;
  const result = run.reference.text({ session: at, user }, "degrees, and tea");
  run.model.user = user;
  const messages = [
    { role: "user", content: last.lines[0]?.content },
    { role: "assistant", content: null, tool_calls: last.calls },
    ...last.calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: result })),
  ];
  const headers = { "x-session-id": session.id, ...userHeader({ ...step, user }) };
  const sent = await run.send(
    "POST",
    "/v1/chat/completions",
    { messages, tools: [weather] },
    { session: at, user },
    headers,
  );
  expect(sent.status, sent.text).toBe(200);
  const { id, choices } = JSON.parse(sent.text);
  const lines = [
    { role: "tool", content: result },
    { role: "assistant", content: choices[0].message.content },
  ];
  session.units.push({ lines, turnId: id.replace(/^chatcmpl-/, ""), withdrawn: false });
}

/** Asks over the responses, behind an earlier response or in the session as a conversation. */
async function respond(step: Step): Promise<void> {
  const { run, session, pick } = step;
  const turn = one(
    session.units.filter(({ turnId }) => turnId),
    pick,
  );
  const asked = question(step);
  run.model.user = step.user;
  const place = turn?.turnId
    ? { previous_response_id: openaiId("resp", session.id, turn.turnId) }
    : { conversation: session.id };
  const sent = await run.send("POST", "/v1/responses", { input: asked.question, ...place }, asked, userHeader(step));
  if (!run.mayUse(session, step.user)) return expect(sent.status).toBe(409);
  if (turn?.withdrawn) return expect(sent.status, sent.text).toBe(404);
  expect(sent.status, sent.text).toBe(200);
  const { id, output } = JSON.parse(sent.text);
  run.store(asked, { turnId: id.split(".")[1], answer: output[0].content[0].text });
}

/** Withdraws a turn; a second time there is nothing to withdraw. */
async function withdraw(step: Step): Promise<void> {
  const { run, session, at, pick } = step;
  const unit = one(
    session.units.filter(({ turnId }) => turnId),
    pick,
  );
  if (!unit?.turnId) return append(step);
  const path = `/v1/responses/${openaiId("resp", session.id, unit.turnId)}`;
  await run.json("DELETE", path, undefined, { session: at }, unit.withdrawn ? 404 : 200);
  unit.withdrawn = true;
}

/** Ends a stream in its middle, in one of several ways. */
async function interrupt(step: Step): Promise<void> {
  const { run, session, at, pick } = step;
  run.model.play = "slow";
  const asked = question(step);
  const events = await run.stream(asked);
  if (!events) return;
  const [start, delta] = [await events.next(), await events.next()];
  const turnId = String(start?.data.turnId);
  const partial: Answer = { turnId, answer: String(delta?.data.text) };
  const rest = events.rest().catch(() => []);
  switch (pick % 5) {
    case 0:
      await run.json("DELETE", `/sessions/${session.id}/turns/${turnId}`, undefined, { session: at, user: step.user });
      run.store(asked, partial);
      break;
    case 1:
      run.store(asked, partial);
      await run.json("DELETE", `/v1/responses/${openaiId("resp", session.id, turnId)}`, undefined, { session: at });
      for (const unit of session.units) if (unit.turnId === turnId) unit.withdrawn = true;
      break;
    case 2: {
      await lose(session.id);
      // Of the answer, what was saved last is kept.
      const last = (await transcript(run, at)).at(-1);
      expect(partial.answer.startsWith(last?.content ?? "?"), "the answer that was lost").toBe(true);
      run.store(asked, { turnId, answer: last?.content ?? "" });
      break;
    }
    case 3:
      await reset(step);
      break;
    case 4:
      await deleteSession(step);
      break;
  }
  await rest;
}

/** Exports a session and imports it into another one. */
async function copy({ run, session, at, pick }: Step): Promise<void> {
  const exported = await run.send("GET", `/sessions/${session.id}/export`, undefined, { session: at });
  expect(exported.status).toBe(200);
  const to = run.reference.session(pick);
  const imported = await run.send("POST", `/sessions/${to.id}/import`, exported.text, { session: pick });
  if (to.units.length > 0) return expect(imported.status).toBe(409);
  const units = session.units.filter(({ withdrawn }) => !withdrawn);
  expect(imported.status, imported.text).toBe(201);
  expect(JSON.parse(imported.text)).toMatchObject({ messages: units.flatMap(({ lines }) => lines).length });
  to.units = units.map((unit) => ({ ...unit, key: undefined }));
  to.title = session.title;
}

async function rename({ run, session, at }: Step): Promise<void> {
  const title = run.reference.text({ session: at }, "tea talk");
  await run.json("PATCH", `/sessions/${session.id}`, { title }, { session: at });
  session.title = title;
}

async function reset({ run, session }: Step): Promise<void> {
  await run.json("POST", "/reset", { sessionId: session.id }, {});
  run.reference.clear(session);
}

async function deleteSession({ run, session }: Step): Promise<void> {
  await run.json("DELETE", `/sessions/${session.id}`, undefined, {});
  run.reference.clear(session);
}

/** Deletes a user with all their sessions. */
async function deleteUser({ run, pick }: Step): Promise<void> {
  const user = pick % run.reference.users.length;
  await run.json("DELETE", `/users/${run.reference.user(user).id}`, undefined, {});
  run.reference.user(user).facts.clear();
  for (const [at, session] of run.reference.sessions.entries()) {
    if (session.owner !== user) continue;
    run.reference.clear(session);
    // A session that its user's object did not know yet is deleted when it syncs.
    await synced(session.id);
    await vi.waitFor(async () => expect(await transcript(run, at)).toEqual([]));
  }
}

async function addFact({ run, at, session, pick }: Step): Promise<void> {
  const user = pick % run.reference.users.length;
  const text = run.reference.text({ user }, "is a fact about tea.");
  const source = pick % 3 === 0 ? { sessionId: session.id, seq: at + 1 } : undefined;
  const path = `/users/${run.reference.user(user).id}/facts`;
  const { id } = await run.json<{ id: string }>("POST", path, { text, source }, { user }, 201);
  run.reference.user(user).facts.set(id, text);
}

/** Changes or deletes a fact, whether a person or the model wrote it. */
async function changeFact(step: Step): Promise<void> {
  const { run, pick } = step;
  const user = pick % run.reference.users.length;
  const { id: userId, facts } = run.reference.user(user);
  const path = `/users/${userId}/facts`;
  const { data } = await run.json<{ data: { id: string }[] }>("GET", path, undefined, { user });
  const fact = one(data, pick);
  if (!fact) return addFact(step);
  if (pick % 3 === 0) {
    await run.json("DELETE", `${path}/${fact.id}`, undefined, { user });
    facts.delete(fact.id);
  } else {
    const text = run.reference.text({ user }, "is another fact about tea.");
    await run.json("PATCH", `${path}/${fact.id}`, { text }, { user });
    facts.set(fact.id, text);
  }
}

/** Evicts an object that is idle, or ends it at once. */
async function evict({ run, session, pick }: Step): Promise<void> {
  if (pick % 3 === 0) return lose(session.id);
  const object = pick % 3 === 1 ? sessionObject(session.id) : userObject(run.reference.user(pick).id);
  // An object that does not run cannot be evicted.
  await evictDurableObject(object).catch(() => {});
}

/** Reads what an ask would send. */
async function context({ run, session, at, user, pick }: Step): Promise<void> {
  const userId = user === undefined ? undefined : run.reference.user(user).id;
  const sizes = pick % 2 === 0 ? { windowTokens: 60, recallTokens: 400 } : {};
  const body = { question: "Which tea, and what about plans?", userId, ...sizes };
  const sent = await run.send("POST", `/sessions/${session.id}/context`, body, { session: at, user });
  expect(sent.status).toBe(run.mayUse(session, user) ? 200 : 409);
}

/** By name, each as often as it is to be chosen. */
export const OPERATIONS = {
  context: [context, 2],
  ask: [ask, 6],
  stream: [stream, 4],
  repeat: [repeat, 2],
  burst: [burst, 1],
  append: [append, 4],
  callTool: [callTool, 3],
  returnResult: [returnResult, 4],
  respond: [respond, 4],
  withdraw: [withdraw, 5],
  interrupt: [interrupt, 3],
  copy: [copy, 4],
  rename: [rename, 1],
  reset: [reset, 1],
  deleteSession: [deleteSession, 1],
  deleteUser: [deleteUser, 1],
  addFact: [addFact, 2],
  changeFact: [changeFact, 3],
  evict: [evict, 4],
} as const satisfies Record<string, readonly [(step: Step) => Promise<void>, number]>;

export type OperationName = keyof typeof OPERATIONS;
