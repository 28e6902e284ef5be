/** Kills the server during a user's deletion. Until it ends, the user's questions fail; then nothing is left. */
import { expect, inject, it } from "vitest";
import { post, serve } from "../e2e/support/http";
import { Workerd } from "../e2e/support/workerd";

const ROUNDS = 3;
const SESSIONS = 300;
/** The number of requests that the test sends at once. */
const AT_ONCE = 10;

const sessions = Array.from({ length: SESSIONS }, (_, at) => `s${at}`);

async function inParts(run: (session: string) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < SESSIONS; at += AT_ONCE) await Promise.all(sessions.slice(at, at + AT_ONCE).map(run));
}

it(`deletes a user in spite of ${ROUNDS} kills, and refuses their asks meanwhile`, async () => {
  await using model = await serve((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ response: "Noted." }));
  });
  await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: model.address } });
  const remove = () => fetch(`${server.url}/users/ana`, { method: "DELETE" });
  const asks = (sessionId: string) =>
    post(`${server.url}/ask`, { sessionId, userId: "ana", question: "My secret is mango." });
  const counts = { kills: 0, refused: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    await server.start();
    await inParts(async (session) => expect((await asks(session)).status).toBe(200));
    const deletion = remove().then(
      ({ status }) => status,
      () => undefined,
    );
    await new Promise((resolve) => setTimeout(resolve, 30 + 20 * round));
    await server.kill();
    counts.kills += 1;
    const status = await deletion;
    await server.start();
    const fresh = await asks(`fresh${round}`);
    const body = (await fresh.json()) as { code?: string };
    if (status === undefined && fresh.status !== 200) {
      expect(body).toMatchObject({ status: 409, code: "user_being_deleted" });
      counts.refused += 1;
    }
    expect((await remove()).status).toBe(200);
    await inParts(async (session) => {
      const { data } = (await (await fetch(`${server.url}/sessions/${session}/messages`)).json()) as {
        data: unknown[];
      };
      expect(data).toEqual([]);
    });
    const known = await fetch(`${server.url}/users/ana/sessions`);
    expect(await known.json()).toMatchObject({ data: [] });
    await server.kill();
  }
  console.info(JSON.stringify(counts));
  expect(counts.refused).toBeGreaterThan(0);
});
