/** What meaning costs beside words: a recall in sessions whose messages all have a vector of 1,024 dimensions. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { recall } from "../src/do/memory/ranking";
import { unit } from "../src/do/memory/vectors";
import { Store } from "../src/do/session/store";
import { percentile } from "./figures";
import { random, sentence } from "./text";

const DIMENSIONS = 1_024;
const QUESTIONS = 200;
/** Milliseconds that meaning may add to the slowest of a hundred. */
const SIZES: [messages: number, most: number][] = [
  [10_000, 6],
  [100_000, 25],
];

it.each(SIZES)("meaning beside words in %i messages", async (size, most) => {
  const next = random(42);
  const vector = () => unit(Array.from({ length: DIMENSIONS }, () => next() - 0.5));
  const stub = env.CHAT_DO.getByName(`meaning-${size}`);
  for (let at = 0; at < size; at += 1_000) {
    await stub.append(
      Array.from({ length: 1_000 }, (_, index) => ({
        role: "user",
        content: `${sentence(next, 4 + Math.floor(next() * 20))}.`,
        createdAt: Date.UTC(2020, 0, 1) + (at + index) * 60_000,
      })),
    );
  }
  const report = await runInDurableObject(stub, (_, { storage }) => {
    const { messages, vectors } = new Store(storage);
    for (let at = 0; at < size; at += 1_000) {
      const placed = Array.from({ length: 1_000 }, (_, index) => ({ seq: at + index + 1, vector: vector() }));
      vectors.store("random", DIMENSIONS, placed);
    }
    const limits = { before: size + 1, tokens: 2_000, count: Number.POSITIVE_INFINITY };
    const [words, both]: [number[], number[]] = [[], []];
    for (let asked = 0; asked < QUESTIONS; asked += 1) {
      const [question, meant] = [`what about ${sentence(next, 6)}?`, vector()];
      const started = performance.now();
      recall(messages, question, limits);
      const halfway = performance.now();
      recall(messages, question, limits, { nearest: vectors.nearest(meant, size + 1, 300) });
      words.push(halfway - started);
      both.push(performance.now() - halfway);
    }
    const at = (share: number) => [percentile(words, share), percentile(both, share)] as const;
    return { p50: at(0.5), p99: at(0.99) };
  });
  const line = ([words, both]: readonly [number, number]) => `${words.toFixed(1)} -> ${both.toFixed(1)} ms`;
  console.info(`${size} messages, words -> words and meaning: p50 ${line(report.p50)}, p99 ${line(report.p99)}`);
  expect(report.p99[1] - report.p99[0]).toBeLessThanOrEqual(most);
});
