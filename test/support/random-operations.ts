/** Random operations on the memory over HTTP. Each also makes its expected change in the reference. */
import { evictDurableObject } from "cloudflare:test";
import { expect } from "vitest";
import { openaiId } from "../../src/wire/response-objects";
import { transcript } from "./compare-memory";
import { lose } from "./lose";
import * as asks from "./random-asks";
import * as changes from "./random-changes";
import type { Answer } from "./random-run";
import { question, type Step } from "./random-step";
import { sessionObject, userObject } from "./users";

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
      await run.json("POST", `/sessions/${session.id}/turns/${turnId}/cancel`, undefined, {
        session: at,
        user: step.user,
      });
      run.store(asked, partial);
      break;
    case 1:
      run.store(asked, partial);
      await run.json("DELETE", `/v1/responses/${openaiId("resp", session.id, turnId)}`, undefined, { session: at });
      for (const unit of session.units) if (unit.turnId === turnId) unit.withdrawn = true;
      break;
    case 2: {
      await lose(session.id);
      // The session keeps the last saved part of the answer.
      const last = (await transcript(run, at)).at(-1);
      expect(partial.answer.startsWith(last?.content ?? "?"), "the answer that was lost").toBe(true);
      run.store(asked, { turnId, answer: last?.content ?? "" });
      break;
    }
    case 3:
      await changes.reset(step);
      break;
    case 4:
      await changes.deleteSession(step);
      break;
  }
  await rest;
}

/** Evicts an idle object, or ends an object at once. */
async function evict({ run, session, pick }: Step): Promise<void> {
  if (pick % 3 === 0) return lose(session.id);
  const object = pick % 3 === 1 ? sessionObject(session.id) : userObject(run.reference.user(pick).id);
  // An object that does not run cannot be evicted.
  await evictDurableObject(object).catch(() => {});
}

/** Reads the context of a question. */
async function context({ run, session, at, user, pick }: Step): Promise<void> {
  const userId = user === undefined ? undefined : run.reference.user(user).id;
  const sizes = pick % 2 === 0 ? { windowTokens: 60, recallTokens: 400 } : {};
  const body = { question: "Which tea, and what about plans?", userId, ...sizes };
  const sent = await run.send("POST", `/sessions/${session.id}/context`, body, { session: at, user });
  expect(sent.status).toBe(run.mayUse(session, user) ? 200 : 409);
}

/** Operations by name, with their weights. */
export const OPERATIONS: Record<string, readonly [(step: Step) => Promise<void>, number]> = {
  context: [context, 2],
  ask: [asks.ask, 6],
  stream: [asks.stream, 4],
  replace: [asks.replace, 5],
  deleteMessage: [changes.deleteMessage, 3],
  fork: [changes.fork, 4],
  repeat: [asks.repeat, 2],
  burst: [asks.burst, 1],
  append: [changes.append, 4],
  callTool: [asks.callTool, 3],
  returnResult: [asks.returnResult, 4],
  respond: [asks.respond, 4],
  withdraw: [changes.withdraw, 5],
  interrupt: [interrupt, 3],
  copy: [changes.copy, 4],
  rename: [changes.rename, 1],
  reset: [changes.reset, 1],
  deleteSession: [changes.deleteSession, 1],
  deleteUser: [changes.deleteUser, 1],
  addFact: [changes.addFact, 2],
  changeFact: [changes.changeFact, 3],
  evict: [evict, 4],
};
