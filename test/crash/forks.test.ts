/**
 * Kills the server while sessions are forked, and while aligned requests replace turns. Afterwards a fork is complete or
 * does not exist, and a session has the turns of the client's history or those before the request.
 */
import { expect, inject, it } from "vitest";
import { json, post, serve } from "../e2e/support/http";
import { Workerd } from "../e2e/support/workerd";

const ROUNDS = 6;
const SESSIONS = 8;
const MESSAGES = 400;
const ANSWER = "Noted, I will remember it.";

interface Transcript {
  data: { role: string; content: string }[];
}

/** Starts a model that answers all questions alike. */
const noting = () => serve((_, response) => json(response, 200, { response: ANSWER }));

/**
 * Kills the server while it answers requests, and starts it again: in even rounds when the first one is answered, and
 * otherwise after some milliseconds.
 * @returns which requests were answered with 2xx
 */
async function killDuring(server: Workerd, requests: Promise<Response>[], round: number): Promise<boolean[]> {
  const answers = Promise.allSettled(requests);
  if (round % 2 === 0) await Promise.any(requests);
  else await new Promise((resolve) => setTimeout(resolve, 10 * round));
  await server.kill();
  const settled = await answers;
  await server.start();
  return settled.map((answer) => answer.status === "fulfilled" && answer.value.ok);
}

it(`leaves each fork complete or absent, in spite of ${ROUNDS} kills`, async () => {
  await using model = await noting();
  await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: model.address } });
  await server.start();
  const messages = Array.from({ length: MESSAGES }, (_, at) => ({
    role: at % 2 === 0 ? "user" : "assistant",
    content: `Message ${at} about bees. ${"The weather stayed grey. ".repeat(20)}`,
  }));
  expect((await post(`${server.url}/sessions/original/messages`, { userId: "ana", messages })).status).toBe(201);
  const counts = { complete: 0, absent: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const forks = Array.from({ length: SESSIONS }, (_, at) => `fork-${round}-${at}`);
    const requests = forks.map((sessionId) => post(`${server.url}/sessions/original/fork`, { sessionId }));
    const isAnswered = await killDuring(server, requests, round);
    for (const [at, fork] of forks.entries()) {
      const info = await (await fetch(`${server.url}/sessions/${fork}`)).json();
      const { messages: count } = info as { messages: number };
      expect([0, MESSAGES]).toContain(count);
      if (isAnswered[at]) expect(count).toBe(MESSAGES);
      counts[count === 0 ? "absent" : "complete"] += 1;
      // The id can be used again.
      const again = await post(`${server.url}/sessions/original/fork`, { sessionId: fork });
      expect(again.status).toBe(count === 0 ? 201 : 409);
    }
  }
  console.info(JSON.stringify(counts));
  expect(counts.complete).toBeGreaterThan(0);
  expect(counts.absent).toBeGreaterThan(0);
});

it(`loses nothing of an aligned conversation, in spite of ${ROUNDS} kills`, async () => {
  await using model = await noting();
  await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: model.address } });
  await server.start();
  const outcomes = { edited: 0, unchanged: 0 };
  const chat = (id: string, history: object[]) =>
    post(
      `${server.url}/v1/chat/completions`,
      { model: "llama", messages: history },
      { "x-openwebui-chat-id": id, "x-openwebui-user-id": "ana" },
    );
  const asked = (question: string) => [
    { role: "user", content: question },
    { role: "assistant", content: ANSWER },
  ];
  for (let round = 0; round < ROUNDS; round += 1) {
    const chats = Array.from({ length: SESSIONS }, (_, at) => `chat-${round}-${at}`);
    const first = asked("My hive is called Rosa.");
    for (const id of chats) {
      expect((await chat(id, first.slice(0, 1))).status).toBe(200);
      const second = await chat(id, [...first, { role: "user", content: "It stands in Lisbon." }]);
      expect(second.status).toBe(200);
    }
    // The second question is edited: its turn is replaced.
    const edited = (id: string) => chat(id, [...first, { role: "user", content: "It stands in Porto." }]);
    const isAnswered = await killDuring(server, chats.map(edited), round);
    for (const [at, id] of chats.entries()) {
      const page = (await (await fetch(`${server.url}/sessions/${id}/messages?limit=100`)).json()) as Transcript;
      const contents = page.data.map(({ content }) => content).reverse();
      expect(contents.slice(0, 2)).toEqual(first.map(({ content }) => content));
      const rest = contents.slice(2);
      const before = asked("It stands in Lisbon.").map(({ content }) => content);
      const after = asked("It stands in Porto.").map(({ content }) => content);
      expect([before, after]).toContainEqual(rest);
      if (isAnswered[at]) expect(rest).toEqual(after);
      outcomes[rest[0] === after[0] ? "edited" : "unchanged"] += 1;
      // The client sends its edit again.
      expect((await edited(id)).status).toBe(200);
    }
  }
  console.info(JSON.stringify(outcomes));
  expect(outcomes.edited).toBeGreaterThan(0);
  expect(outcomes.unchanged).toBeGreaterThan(0);
});
