/** Measures the CPU of an ask and of a streamed token, next to two smaller Workers, in one run of workerd. */
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { root } from "../test/e2e/support/bundle";
import { json, post, serve } from "../test/e2e/support/http";
import { Workerd } from "../test/e2e/support/workerd";
import { percentile } from "./figures";
import { random, sentence } from "./text";

const SESSIONS = 40;
const TOKENS = 400;
const TOKEN_MS = 4;
/** Streams at once: the kernel counts CPU in steps of 10 ms, and one stream is few of them. */
const STREAMS = 6;
const RUNS = 9;
/** Asks a run. */
const ASKS = 80;

const median = (values: number[]) => percentile(values, 0.5);

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

const ask = async (url: string, sessionId: string, question: string) => {
  const response = await post(`${url}/ask`, { sessionId, question });
  if (!response.ok) throw new Error(await response.text());
  await response.text();
};

/** CPU milliseconds of an ask, over so many asks in turn to these sessions. */
async function cpuOfAsk(server: Workerd, sessions: string[], asks: number, next: () => number) {
  const before = server.cpuMs();
  for (let at = 0; at < asks; at += 1) {
    await ask(server.url, sessions[at % sessions.length] ?? "", `what about ${sentence(next, 6)}`);
  }
  return (server.cpuMs() - before) / asks;
}

async function append(server: Workerd, sessionId: string, count: number, next: () => number) {
  for (let at = 0; at < count; at += 1_000) {
    const messages = Array.from({ length: Math.min(1_000, count - at) }, (_, index) => ({
      role: index % 2 ? "assistant" : "user",
      content: sentence(next, 10 + (index % 20)),
      createdAt: new Date(Date.UTC(2024, 0, 1) + (at + index) * 60_000).toISOString(),
    }));
    const response = await post(`${server.url}/sessions/${sessionId}/messages`, { messages });
    if (!response.ok) throw new Error(await response.text());
  }
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
  await using first = await start(join(root, "bench/workers/first-version.js"));
  await using through = await start(join(root, "bench/workers/pass-through.js"));
  const next = random(7);
  const sessions = Array.from({ length: SESSIONS }, (_, at) => `s${at}`);
  const rows: [string, string][] = [];

  // 20 asks fill a session; all of them warm the processes up.
  await cpuOfAsk(first, sessions, 20 * SESSIONS, next);
  await cpuOfAsk(llamory, sessions, 20 * SESSIONS, next);
  const long = [2_000, 100_000];
  for (const count of long) {
    await append(llamory, `long-${count}`, count, next);
    await cpuOfAsk(llamory, [`long-${count}`], 50, next);
  }
  const cases: [what: string, sessions: string[]][] = [
    ["a JSON ask, sessions of 40 messages", sessions],
    ...long.map((count): [string, string[]] => [
      `a JSON ask, a session of ${count.toLocaleString("en")} messages`,
      [`long-${count}`],
    ]),
  ];
  const theirs: number[] = [];
  const ours = cases.map(([what, asked]) => ({ what, asked, ms: [] as number[], ratios: [] as number[] }));
  for (let run = 0; run < RUNS; run += 1) {
    // Measures compared values right after each other, because the machine's speed varies.
    for (const { asked, ms, ratios } of ours) {
      const base = await cpuOfAsk(first, sessions, ASKS, next);
      const cost = await cpuOfAsk(llamory, asked, ASKS, next);
      theirs.push(base);
      ms.push(cost);
      ratios.push(cost / base);
    }
  }
  rows.push(["a JSON ask, first-version-like", `${median(theirs).toFixed(2)} ms`]);
  for (const { what, ms, ratios } of ours) {
    rows.push([what, `${median(ms).toFixed(2)} ms, ${median(ratios).toFixed(2)} x`]);
  }

  const bare: number[] = [];
  const above: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const through_ = await cpuOfToken(through);
    const ours_ = await cpuOfToken(llamory);
    // The first run warms the processes up.
    if (run === 0) continue;
    bare.push(through_);
    above.push(ours_ - through_);
  }
  rows.push(["a streamed token, passed through", `${Math.min(...bare).toFixed(3)} ms`]);
  rows.push(["a streamed token, above that", above.map((ms) => `${ms.toFixed(3)} ms`).join(", ")]);
  const wait = await firstText(llamory, firstToken);
  rows.push(["first text after the model's first token, median", `${wait.toFixed(1)} ms`]);
  for (const [what, value] of rows) console.info(`${what.padEnd(52)} ${value}`);
  expect(rows).toHaveLength(7);
});
