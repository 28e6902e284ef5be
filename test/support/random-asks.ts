/** Random questions in every form that clients can use, each with its effect on the reference. */
import { expect } from "vitest";
import { openaiId } from "../../src/wire/response-objects";
import { transcript } from "./compare-memory";
import { one, question, type Step, userHeader } from "./random-step";
import type { Unit } from "./reference-memory";
import { weather } from "./weather";

export async function ask(step: Step): Promise<void> {
  const { run, pick } = step;
  const asked = question(step);
  const key = pick % 2 === 0 ? crypto.randomUUID() : undefined;
  const answer = await run.ask(asked, key);
  if (answer) run.store(asked, answer, { key });
}

export async function stream(step: Step): Promise<void> {
  const asked = question(step);
  const events = await (await step.run.stream(asked))?.rest();
  if (!events) return;
  expect(events.map(({ event }) => event)).toEqual(["start", ...Array(events.length - 2).fill("delta"), "done"]);
  const done = events.at(-1)?.data;
  step.run.store(asked, { turnId: String(done?.turnId), answer: String(done?.answer) });
}

/** Edits the last question, or asks it again. */
export async function replace(step: Step): Promise<void> {
  const { run, session, user, pick } = step;
  const last = session.units.filter(({ withdrawn }) => !withdrawn).at(-1);
  if (!last?.turnId || !run.mayUse(session, user)) return ask(step);
  const asked = { ...question(step), replaces: last.turnId };
  // No prompt may contain the old turn, not even the one of its replacement.
  last.withdrawn = true;
  if (pick % 2 === 0) {
    const answer = await run.ask(asked);
    if (answer) run.store(asked, answer);
    return;
  }
  const done = (await (await run.stream(asked))?.rest())?.at(-1)?.data;
  run.store(asked, { turnId: String(done?.turnId), answer: String(done?.answer) });
}

/** Repeats a question with its key; this returns the same turn again. */
export async function repeat(step: Step): Promise<void> {
  const { run, session, at, pick } = step;
  const unit = one(
    session.units.filter(({ key, withdrawn }) => key && !withdrawn),
    pick,
  );
  if (!unit) return ask(step);
  const [asked, answered] = unit.lines;
  const again = await run.ask({ session: at, user: unit.user, question: asked?.content ?? "" }, unit.key);
  expect(again).toMatchObject({ turnId: unit.turnId, answer: answered?.content, replayed: true });
}

/** Asks three questions at once. */
export async function burst(step: Step): Promise<void> {
  const { run, session } = step;
  const asked = [question(step), question(step), question(step)];
  const answers = await Promise.all(asked.map((one) => run.ask(one)));
  const stored = asked.flatMap((one, index) => {
    const answer = answers[index];
    return answer ? [{ one, answer }] : [];
  });
  for (const { one, answer } of stored) run.store(one, answer);
  // The session answers the questions one after the other, in the order of arrival.
  const order = (await transcript(run, step.at)).map(({ content }) => content);
  const place = ({ lines }: Unit) => order.indexOf(lines[0]?.content ?? "");
  const newest = session.units.splice(session.units.length - stored.length);
  session.units.push(...newest.sort((a, b) => place(a) - place(b)));
}

/** Asks through the chat completions, with a function that the model calls. */
export async function callTool(step: Step): Promise<void> {
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

/** Sends the result of the last call. */
export async function returnResult(step: Step): Promise<void> {
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

/** Asks through the responses, after an earlier response or with the session as the conversation. */
export async function respond(step: Step): Promise<void> {
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
