/** Kills the server while sessions are deleted. Afterwards the tenant's directory lists exactly the sessions that exist. */
import { expect, inject, it } from "vitest";
import { post, serve } from "../e2e/support/http";
import { Workerd } from "../e2e/support/workerd";

const ROUNDS = 3;
const SESSIONS = 60;
/** The number of requests that the test sends at once. */
const AT_ONCE = 10;

const sessions = Array.from({ length: SESSIONS }, (_, at) => `s${at}`);

async function inParts(run: (session: string, at: number) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < SESSIONS; at += AT_ONCE)
    await Promise.all(sessions.slice(at, at + AT_ONCE).map((session, next) => run(session, at + next)));
}

it(`lists no deleted session in spite of ${ROUNDS} kills`, async () => {
  await using model = await serve((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ response: "Noted." }));
  });
  await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: model.address } });
  const send = async (method: string, path: string, body: object = {}) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(server.url + path, {
      method,
      headers,
      ...(method !== "GET" && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      body: (await response.json()) as { data: { sessionId: string; title: string }[]; messages: number },
    };
  };
  const listed = async () =>
    (await send("GET", "/sessions?limit=100")).body.data.map(({ sessionId }) => sessionId).sort();
  const counts = { deleted: 0, unanswered: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    await server.start();
    await inParts(async (sessionId, at) => {
      const asked = await post(`${server.url}/ask`, {
        sessionId,
        userId: `u${at % 3}`,
        question: "My secret is mango.",
      });
      expect(asked.status).toBe(200);
      // A new title is listed at once.
      expect((await send("PATCH", `/sessions/${sessionId}`, { title: `Mango ${at}` })).status).toBe(200);
    });
    await expect.poll(listed, { timeout: 60_000 }).toEqual([...sessions].sort());
    // By DELETE, reset, and DELETE of the user.
    const deletions = sessions.flatMap((sessionId, at) => {
      if (at % 3 === 0) return send("DELETE", `/sessions/${sessionId}`);
      return at % 3 === 1 ? send("POST", "/reset", { sessionId }) : at < 3 ? send("DELETE", "/users/u2") : [];
    });
    const answers = Promise.allSettled(deletions);
    await new Promise((resolve) => setTimeout(resolve, 20 + 30 * round));
    await server.kill();
    for (const answer of await answers) counts[answer.status === "fulfilled" ? "deleted" : "unanswered"] += 1;
    await server.start();
    // An unanswered deletion may have begun or not: the alarms of the sessions finish those that have.
    const existing = async () => {
      const left: string[] = [];
      await inParts(async (session) => {
        if ((await send("GET", `/sessions/${session}`)).body.messages > 0) left.push(session);
      });
      return left.sort();
    };
    await expect
      .poll(async () => (await listed()).join() === (await existing()).join(), { timeout: 120_000, interval: 2_000 })
      .toBe(true);
    await inParts((session) => send("DELETE", `/sessions/${session}`));
    for (const user of ["u0", "u1", "u2"]) expect((await send("DELETE", `/users/${user}`)).status).toBe(200);
    expect(await listed()).toEqual([]);
    expect((await send("GET", "/users")).body.data).toEqual([]);
    await server.kill();
  }
  console.info(JSON.stringify(counts));
  expect(counts.unanswered).toBeGreaterThan(0);
});
