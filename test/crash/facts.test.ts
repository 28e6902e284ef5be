/** Kills the server while facts are learned, changed and deleted. Nothing that was acknowledged is lost or comes back. */
import { expect, inject, it } from "vitest";
import { post, serve } from "../e2e/support/http";
import { Workerd } from "../e2e/support/workerd";

const POODLE = "Has a poodle.";
/** Milliseconds between a deletion and its kill, one round for each. */
const DELAYS = [0, 5, 15, 40];
const LETTERS = 60;
const PER_CALL = 20;

/** Returns the changes that the model derives from a prompt. */
function changesFor(prompt: string): object[] {
  const [known = "", said = ""] = prompt.split("\n\nSaid:\n");
  const letter = /Letter \S+/.exec(said)?.[0];
  if (letter) return [{ do: "add", text: `${letter} was written.` }];
  if (said.includes("epilepsy")) return [{ do: "add", text: "Has a dog named Rex with epilepsy." }];
  if (!said.includes("poodle")) return [];
  const [, fact] = /^(\d+)\. .*epilepsy/m.exec(known) ?? [];
  return fact
    ? [{ do: "change", fact: Number(fact), text: "Has a poodle named Rex with epilepsy." }]
    : [{ do: "add", text: POODLE }];
}

/** Starts a model that takes 10 ms, and learns facts. */
const model = () =>
  serve(({ body }, response) => {
    const { messages } = (body as { inputs: { messages: { content: string }[] } }).inputs;
    const extracts = messages[0]?.content.startsWith("You keep short facts");
    const text = extracts ? JSON.stringify({ changes: changesFor(messages[1]?.content ?? "") }) : "Noted.";
    setTimeout(() => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ response: text }));
    }, 10);
  });

it("SIGKILL while facts are learned and deleted", async () => {
  await using upstream = await model();
  await using server = new Workerd({
    bundle: inject("bundle"),
    ai: { upstream: upstream.address },
    settings: { FACTS: "model" },
  });
  const get = async (path: string) => (await fetch(`${server.url}${path}`)).json() as Promise<{ data: Fact[] }>;
  const texts = async (user: string) => (await get(`/users/${user}/facts`)).data.map(({ text }) => text).sort();
  const learnt = (user: string, ...expected: string[]) =>
    expect.poll(() => texts(user), { timeout: 60_000 }).toEqual(expected.sort());
  const ask = async (user: string, sessionId: string, question: string) =>
    expect((await post(`${server.url}/ask`, { sessionId, userId: user, question })).status).toBe(200);
  const again = async () => {
    await server.kill();
    await server.start();
  };
  await server.start();

  for (const [round, delay] of DELAYS.entries()) {
    const [user, dog, poodle] = [`u${round}`, `dog${round}`, `poodle${round}`];
    await ask(user, dog, "My dog is named Rex and he has epilepsy.");
    await learnt(user, "Has a dog named Rex with epilepsy.");
    await ask(user, poodle, "My dog is a poodle.");
    await learnt(user, "Has a poodle named Rex with epilepsy.");
    await again();
    expect(await texts(user)).toEqual(["Has a poodle named Rex with epilepsy."]);
    const remove = () => fetch(`${server.url}/sessions/${dog}`, { method: "DELETE" });
    const removed = remove().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, delay));
    await again();
    await removed;
    expect((await remove()).status).toBe(200);
    await again();
    // The alarm would continue in two minutes.
    await ask(user, `more${round}`, "Hello.");
    await learnt(user, POODLE);
    const facts = await get(`/users/${user}/facts?history=true`);
    const histories = await Promise.all(facts.data.map(({ id }) => get(`/users/${user}/facts/${id}/history`)));
    const found = await get(`/users/${user}/search?q=epilepsy`);
    expect(JSON.stringify([facts, histories, found])).not.toContain("epilepsy");
  }

  const sessions = ["a", "b", "c"];
  for (const session of sessions) {
    const messages = Array.from({ length: LETTERS }, (_, at) => ({ role: "user", content: `Letter ${session}${at}` }));
    const body = { userId: "writer", learn: true, messages };
    expect((await post(`${server.url}/sessions/letters-${session}/messages`, body)).status).toBe(201);
    await again();
  }
  await ask("writer", "more", "Hello.");
  await expect.poll(() => texts("writer").then(({ length }) => length), { timeout: 60_000 }).toBeGreaterThan(2);
  await again();
  await ask("writer", "more", "Hello again.");
  const starts = Array.from({ length: LETTERS / PER_CALL }, (_, call) => call * PER_CALL);
  await learnt("writer", ...sessions.flatMap((name) => starts.map((at) => `Letter ${name}${at} was written.`)));
});

interface Fact {
  id: string;
  text: string;
}
