/** Measures a context and an ask as a session grows: time, calls of objects, rows read and written, bytes. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { askRequest } from "../test/support/ask-request";
import { counted, countRows } from "../test/support/counted";
import { worker } from "../test/support/worker";
import { percentile } from "./figures";
import { random, sentence } from "./text";

const SIZES = [2, 40, 100, 1_000, 10_000, 100_000];
const QUESTIONS = 200;
const { ask: ASK, model: MODEL } = askRequest("bench", "");

it("a context at 100 to 100,000 messages", async () => {
  const next = random(42);
  const session = "bench";
  const stub = env.CHAT_DO.getByName(session);
  const rows = await countRows(session);
  const report: Record<string, number>[] = [];
  let size = 0;
  for (const target of SIZES) {
    while (size < target) {
      const count = Math.min(1_000, target - size);
      await stub.append(
        Array.from({ length: count }, (_, at) => ({
          role: (size + at) % 2 ? "assistant" : "user",
          content: `${sentence(next, 4 + Math.floor(next() * 20))}.`,
          createdAt: Date.UTC(2020, 0, 1) + (size + at) * 60_000 * (1 + (at % 40 === 0 ? 90 : 0)),
        })),
      );
      size += count;
    }
    const times: number[] = [];
    await rows();
    for (let asked = 0; asked < QUESTIONS; asked += 1) {
      const question = `what about ${sentence(next, 6)}?`;
      const started = performance.now();
      using _context = await stub.context({ ask: { ...ASK, question }, model: MODEL }, {});
      times.push(performance.now() - started);
    }
    const read = (await rows()).read / QUESTIONS;
    const calls: string[] = [];
    await worker({ CHAT_DO: counted(calls) }).ask(session, `what about ${sentence(next, 6)}?`);
    size += 2;
    const { written } = await rows();
    const bytes = await runInDurableObject(stub, (_, { storage }) => storage.sql.databaseSize);
    report.push({
      messages: target,
      "p50 ms": Number(percentile(times, 0.5).toFixed(2)),
      "p99 ms": Number(percentile(times, 0.99).toFixed(2)),
      "rows read": Math.round(read),
      "rows written by an ask": written,
      "calls by an ask": calls.length,
      "KiB stored": Math.round(bytes / 1024),
    });
  }
  const columns = Object.keys(report[0] ?? {});
  // Not as `info`, which the tests' support keeps off the console.
  console.log(columns.join("  "));
  for (const row of report) console.log(columns.map((name) => String(row[name]).padStart(name.length)).join("  "));
  const p50 = (messages: number) => report.find((row) => row.messages === messages)?.["p50 ms"] ?? Number.NaN;
  console.log(`p50 at 100,000 messages / at 1,000: ${(p50(100_000) / p50(1_000)).toFixed(2)}`);
  expect(new Set(report.map((row) => row["rows written by an ask"])).size).toBe(1);
});
