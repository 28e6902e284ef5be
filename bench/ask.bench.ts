/** Measures the CPU of an ask and of a streamed token, next to three smaller Workers, in one run of workerd. */
import { join } from "node:path";
import { inject, it } from "vitest";
import { root } from "../test/e2e/support/bundle";
import { json, post, serve } from "../test/e2e/support/http";
import { Workerd } from "../test/e2e/support/workerd";
import { median, Table } from "./figures";
import { appendMessages, ask } from "./requests";
import { random, sentence } from "./text";

const SESSIONS = 40;
const TOKENS = 400;
const TOKEN_MS = 4;
/** Streams at once: the CPU of one is so little that other work of the process would change the result. */
const STREAMS = 6;
const RUNS = 9;
/** Asks a run. */
const ASKS = 80;

/** A model that answers at once, and streams a token every few milliseconds. */
const model = (firstToken: { at: number }) =>
  serve(({ body }, response) => {
    const { inputs } = body as { inputs: { stream?: boolean } };
    const usage = { prompt_tokens: 400, completion_tokens: 20, total_tokens: 420 };
    if (!inputs.stream) return json(response, 200, { response: "It was in the summer, near the old market.", usage });
    response.writeHead(200, { "content-type": "text/event-stream" });
    let left = TOKENS;
    const timer = setInterval(() => {
      if (left === TOKENS) firstToken.at = performance.now();
      left -= 1;
      response.write(`data: ${JSON.stringify({ response: " token" })}\n\n`);
      if (left > 0) return;
      clearInterval(timer);
      response.end(`data: ${JSON.stringify({ response: "", usage })}\n\ndata: [DONE]\n\n`);
    }, TOKEN_MS);
  });

/** CPU milliseconds of an ask, over so many asks in turn to these sessions. */
async function cpuOfAsk(server: Workerd, sessions: string[], asks: number, next: () => number) {
  const before = server.cpuMs();
  for (let at = 0; at < asks; at += 1) {
    await ask(server, sessions[at % sessions.length] ?? "", `what about ${sentence(next, 6)}`);
  }
  return (server.cpuMs() - before) / asks;
}

/** CPU milliseconds of a streamed token, over some streams at once. */
async function cpuOfToken(server: Workerd): Promise<number> {
  const before = server.cpuMs();
  await Promise.all(
    Array.from({ length: STREAMS }, async (_, at) => {
      const body = { sessionId: `stream-${at}`, question: "Tell me a story.", stream: true };
      await (await post(`${server.url}/ask`, body)).text();
    }),
  );
  return (server.cpuMs() - before) / (STREAMS * TOKENS);
}

/** Milliseconds from the model's first token to the client's first text: the median of 20 streams, one by one. */
async function firstText(server: Workerd, firstToken: { at: number }): Promise<number> {
  const waits: number[] = [];
  for (let run = 0; run < 20; run += 1) {
    const body = { sessionId: `first-${run}`, question: "Tell me a story.", stream: true };
    const gone = new AbortController();
    const response = await fetch(`${server.url}/ask`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: gone.signal,
    });
    let text = "";
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    while (reader && !text.includes("event: delta")) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
    waits.push(performance.now() - firstToken.at);
    gone.abort();
  }
  return median(waits);
}

it("an ask and a token", async () => {
  const firstToken = { at: 0 };
  await using upstream = await model(firstToken);
  const start = async (bundle: string) => {
    const server = new Workerd({ bundle, ai: { upstream: upstream.address } });
    await server.start();
    return server;
  };
  await using llamory = await start(inject("bundle"));
  await using bare = await start(join(root, "bench/workers/bare.js"));
  await using first = await start(join(root, "bench/workers/first-version.js"));
  await using through = await start(join(root, "bench/workers/pass-through.js"));
  const next = random(7);
  const sessions = Array.from({ length: SESSIONS }, (_, at) => `s${at}`);
  const table = new Table();

  // 20 asks fill a session; all of them warm the processes up.
  for (const server of [first, bare, llamory]) await cpuOfAsk(server, sessions, 20 * SESSIONS, next);
  for (const count of [2_000, 100_000]) {
    await appendMessages(llamory, `long-${count}`, count, next);
    await cpuOfAsk(llamory, [`long-${count}`], 50, next);
  }
  const cases = [
    { what: "JSON ask, sessions of 40 messages", asked: sessions, goal: 1.35 },
    { what: "JSON ask, a session of 2,000 messages", asked: ["long-2000"], goal: 2.2 },
    { what: "JSON ask, a session of 100,000 messages", asked: ["long-100000"], goal: 2.5 },
  ].map((measured) => ({ ...measured, ms: [] as number[], ratios: [] as number[] }));
  const bareMs: number[] = [];
  const firstMs: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    // Measures compared values right after each other, because the machine's speed varies.
    for (const { asked, ms, ratios } of cases) {
      const base = await cpuOfAsk(bare, sessions, ASKS, next);
      const cost = await cpuOfAsk(llamory, asked, ASKS, next);
      firstMs.push(await cpuOfAsk(first, sessions, ASKS, next));
      bareMs.push(base);
      ms.push(cost);
      ratios.push(cost / base);
    }
  }
  table.add("JSON ask, a Worker like the first version", median(firstMs), "ms", 2);
  table.add("JSON ask, the bare Worker", median(bareMs), "ms", 2);
  for (const { what, ms, ratios, goal } of cases) {
    table.add(what, median(ms), "ms", 2);
    table.add("  compared with the bare Worker", median(ratios), "x", 2, goal);
  }

  const passed: number[] = [];
  const above: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const base = await cpuOfToken(through);
    const cost = await cpuOfToken(llamory);
    // The first run warms the processes up.
    if (run === 0) continue;
    passed.push(base);
    above.push(cost - base);
  }
  table.add("streamed token, passed through", median(passed), "ms", 3);
  table.add("streamed token, above that", median(above), "ms", 3, 0.06);
  table.add("first text after the model's first token", await firstText(llamory, firstToken), "ms", 1);
  table.end();
});
