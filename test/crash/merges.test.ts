/** Kills the server during merges of users. Afterwards a deletion deletes facts, too, and another merge finishes it. */
import { expect, inject, it } from "vitest";
import { post, serve } from "../e2e/support/http";
import { Workerd } from "../e2e/support/workerd";

/** Milliseconds between a merge and its kill, one round for each. */
const DELAYS = [0, 5, 10, 20, 40, 80];
const SESSIONS = 6;

/** Starts a model that learns a secret of its own from each session. */
const model = () =>
  serve(({ body }, response) => {
    const { messages } = (body as { inputs: { messages: { content: string }[] } }).inputs;
    const [, said] = messages.at(-1)?.content.split("\n\nSaid:\n") ?? [];
    const secret = /secret is (\S+)\./.exec(said ?? "")?.[1];
    const changes = secret ? [{ do: "add", text: `Has the secret ${secret}.` }] : [];
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ response: said === undefined ? "Noted." : JSON.stringify({ changes }) }));
  });

it("SIGKILL while users are merged", async () => {
  await using upstream = await model();
  await using server = new Workerd({
    bundle: inject("bundle"),
    ai: { upstream: upstream.address },
    settings: { FACTS: "model" },
  });
  const get = async (path: string) =>
    (await fetch(`${server.url}${path}`)).json() as Promise<{ data: { text: string }[] }>;
  const texts = async (user: string) => (await get(`/users/${user}/facts`)).data.map(({ text }) => text).sort();
  const counts = { half: 0, whole: 0 };
  await server.start();
  for (const [round, delay] of DELAYS.entries()) {
    const [user, other] = [`phone${round}`, `desk${round}`];
    const sessions = Array.from({ length: SESSIONS }, (_, at) => `s${round}-${at}`);
    const secrets = sessions.map((session) => `Has the secret mango-${session}.`);
    for (const sessionId of sessions) {
      const question = `My secret is mango-${sessionId}.`;
      expect((await post(`${server.url}/ask`, { sessionId, userId: user, question })).status).toBe(200);
    }
    await expect.poll(() => texts(user), { timeout: 60_000 }).toEqual(secrets);
    const merge = () => post(`${server.url}/users/${other}/merge`, { from: user });
    const merged = merge().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, delay));
    await server.kill();
    counts[(await merged) ? "whole" : "half"] += 1;
    await server.start();
    // One of the first sessions to move, and one of the last.
    for (const session of [sessions[0], sessions.at(-1)]) {
      expect((await fetch(`${server.url}/sessions/${session}`, { method: "DELETE" })).status).toBe(200);
      const found = await Promise.all(
        [user, other].flatMap((one) => [
          get(`/users/${one}/facts?history=true`),
          get(`/users/${one}/search?q=mango`),
          get(`/users/${one}/sessions`),
        ]),
      );
      expect(JSON.stringify(found)).not.toContain(`mango-${session}`);
    }
    const again = async () => ((await (await merge()).json()) as { done?: boolean }).done;
    await expect.poll(again, { timeout: 60_000 }).toBe(true);
    // The model reads again what waited for it.
    await post(`${server.url}/ask`, { sessionId: `more${round}`, userId: other, question: "Hello." });
    await expect.poll(() => texts(other), { timeout: 60_000 }).toEqual(secrets.slice(1, -1));
    expect(await texts(user)).toEqual([]);
  }
  console.info(JSON.stringify(counts));
  expect(counts.half).toBeGreaterThan(0);
});
