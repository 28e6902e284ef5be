/** Measures cold objects, throughput and memory of many sessions, next to a Worker like the first version, in one run. */
import { join } from "node:path";
import { inject, it } from "vitest";
import { root } from "../test/e2e/support/bundle";
import { json, serve } from "../test/e2e/support/http";
import { Workerd } from "../test/e2e/support/workerd";
import { median, Table } from "./figures";
import { appendMessages, ask } from "./requests";
import { random, sentence } from "./text";

const LENGTHS = [40, 2_000, 100_000];
const RESTARTS = 9;
const CLIENTS = 32;
const SESSIONS = 200;
/** Asks of each client per measurement, and measurements. */
const ASKS = 20;
const ROUNDS = 5;
const IDLE = 1_000;

const next = random(3);
const question = () => `what about ${sentence(next, 6)}`;

const timeOf = async (work: () => Promise<unknown>) => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

const model = () => serve((_, response) => json(response, 200, { response: "In the summer, near the old market." }));

it("a cold object", async () => {
  await using upstream = await model();
  await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: upstream.address } });
  await server.start();
  for (const length of LENGTHS) await appendMessages(server, `long-${length}`, length, next);
  await appendMessages(server, "other", 2_000, next);
  const figures = LENGTHS.map((length) => ({ length, cold: [] as number[], warm: [] as number[] }));
  for (let restart = 0; restart < RESTARTS; restart += 1) {
    await server.kill();
    await server.start();
    // Warms up the Worker and the code of objects, recall included, so that the next asks measure the objects alone.
    for (let at = 0; at < 30; at += 1) await ask(server, "other", question());
    for (const { length, cold, warm } of figures) {
      cold.push(await timeOf(() => ask(server, `long-${length}`, question())));
      const times: number[] = [];
      for (let at = 0; at < 10; at += 1) times.push(await timeOf(() => ask(server, `long-${length}`, question())));
      warm.push(median(times));
    }
  }
  const table = new Table();
  for (const { length, cold, warm } of figures) {
    const what = `first ask of a session of ${length.toLocaleString("en")} messages`;
    table.add(what, median(cold), "ms", 1);
    const ratio = median(cold.map((ms, at) => ms / (warm[at] ?? Number.NaN)));
    table.add("  compared with its next asks", ratio, "x", 2, length === 2_000 ? 2 : undefined);
  }
  table.end();
});

it("many clients and sessions", async () => {
  await using upstream = await model();
  const table = new Table();
  await using llamory = new Workerd({ bundle: inject("bundle"), ai: { upstream: upstream.address } });
  const older = join(root, "bench/workers/first-version.js");
  await using first = new Workerd({ bundle: older, ai: { upstream: upstream.address } });
  const servers = [
    { name: "Llamory", server: llamory, rates: [] as number[] },
    { name: "a Worker like the first version", server: first, rates: [] as number[] },
  ];
  for (const { server } of servers) await server.start();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { server, rates } of servers) {
      const clients = Array.from({ length: CLIENTS }, async (_, client) => {
        for (let at = 0; at < ASKS; at += 1) await ask(server, `s${(client * ASKS + at) % SESSIONS}`, question());
      });
      const ms = await timeOf(() => Promise.all(clients));
      // The first round warms up.
      if (round > 0) rates.push((CLIENTS * ASKS * 1_000) / ms);
    }
  }
  for (const { name, rates } of servers) {
    table.add(`${CLIENTS} clients, ${SESSIONS} sessions: ${name}`, median(rates), "asks/s", 0);
  }
  for (const { name, server } of servers) {
    const before = server.residentMb();
    for (let at = 0; at < IDLE; at += 1) await ask(server, `idle-${at}`, question());
    table.add(`${IDLE.toLocaleString("en")} sessions in memory: ${name}`, server.residentMb() - before, "MB", 0);
  }
  table.end();
});
