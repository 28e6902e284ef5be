/** Measures recall across all sessions of a user, next to recall in one session, in one run. */
import { expect, inject, it } from "vitest";
import { json, post, serve } from "../test/e2e/support/http";
import { Workerd } from "../test/e2e/support/workerd";
import { percentile } from "./figures";
import { random, sentence } from "./text";

const SESSIONS = 500;
const MESSAGES = 200;
const ONE_SESSION = 1_000;
const QUESTIONS = 60;
const RUNS = 7;
const FACTS = 500;
/** More facts than a prompt contains. */
const FEW_FACTS = 60;

const sent = async (url: string, body: object) => {
  const response = await post(url, body);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
};

const messages = (count: number, start: number, next: () => number) =>
  Array.from({ length: count }, (_, at) => ({
    role: at % 2 ? "assistant" : "user",
    content: sentence(next, 10 + (at % 20)),
    createdAt: new Date(Date.UTC(2024, 0, 1) + (start + at) * 60_000).toISOString(),
  }));

it("recall across the sessions of a user", async () => {
  await using upstream = await serve((_, response) => json(response, 200, { response: "Yes." }));
  await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: upstream.address } });
  await server.start();
  const next = random(11);
  for (let session = 0; session < SESSIONS; session += 1) {
    const said = messages(MESSAGES, session * MESSAGES * 2, next);
    if (session === 123)
      said.splice(57, 1, { ...said[57], role: "user", content: "The password of the cellar is xylophone." });
    await sent(`${server.url}/sessions/u-${session}/messages`, { userId: "u", messages: said });
  }
  await sent(`${server.url}/sessions/one/messages`, { messages: messages(ONE_SESSION, 0, next) });

  const cpuOf = async (session: string, userId?: string) => {
    const before = server.cpuMs();
    for (let at = 0; at < QUESTIONS; at += 1) {
      const question = `what about ${sentence(next, 6)}?`;
      await sent(`${server.url}/sessions/${session}/context`, { question, userId });
    }
    return (server.cpuMs() - before) / QUESTIONS;
  };
  for (let fact = 0; fact < FACTS; fact += 1) {
    const body = { text: `${sentence(next, 8)} (${fact})` };
    await sent(`${server.url}/users/known/facts`, body);
    if (fact < FEW_FACTS) await sent(`${server.url}/users/few/facts`, body);
  }
  await cpuOf("fresh", "u");
  await cpuOf("one");
  const ratios: number[] = [];
  const costs: [number, number][] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const one = await cpuOf("one");
    const all = await cpuOf("fresh", "u");
    costs.push([one, all]);
    ratios.push(all / one);
  }
  for (const user of ["known", "few", "new"]) await cpuOf("empty", user);
  const [choices, beyondFew]: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run += 1) {
    const [none, few, known] = [
      await cpuOf("empty", "new"),
      await cpuOf("empty", "few"),
      await cpuOf("empty", "known"),
    ];
    choices.push(known - none);
    beyondFew.push(known - few);
  }
  const median = (at: 0 | 1) =>
    percentile(
      costs.map((cost) => cost[at]),
      0.5,
    ).toFixed(2);
  for (const [beyond, runs] of [
    ["a user without facts", choices],
    [`${FEW_FACTS} facts`, beyondFew],
  ] as const) {
    const all = runs.map((ms) => ms.toFixed(2)).join(" ");
    console.info(
      `CPU of choosing among ${FACTS} facts, beyond ${beyond}: ${percentile(runs, 0.5).toFixed(2)} ms (${all})`,
    );
  }
  console.info(`CPU of a context, one session of ${ONE_SESSION} messages: ${median(0)} ms`);
  console.info(`CPU of a context, ${SESSIONS} sessions of ${MESSAGES} messages of one user: ${median(1)} ms`);
  console.info(`ratio: ${percentile(ratios, 0.5).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(" ")})`);
  const found = (await sent(`${server.url}/sessions/fresh/context`, { question: "Which xylophone?", userId: "u" })) as {
    memory: { recalled: { sessionId: string; content: string }[] };
  };
  expect(found.memory.recalled[0]).toMatchObject({ sessionId: "u-123", content: expect.stringContaining("cellar") });
});
