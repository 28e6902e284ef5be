/** Measures how much recall finds and its cost as a session grows, on generated conversations. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { askRequest } from "../test/support/ask-request";
import { conversation } from "./conversation";
import { percentile } from "./figures";

/** An encoder takes 10 ms a message. */
const model = env.EMBEDDING_MODEL ?? "";
const embedding = model === "" ? undefined : { model, timeoutMs: 60_000, gateway: "" };
const SIZES = embedding ? [600, 3_000] : [600, 3_000, 20_000, 100_000];
const BUDGETS = [500, 1_000, 2_000];
const QUESTIONS = 150;
const asking = (question: string) => askRequest("bench", question, { embedding });

const percent = (shares: number[]) => (100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length;

it("the evidence of questions, and no less of it among 3,000 messages than among 600", async () => {
  const within500 = new Map<number, number>();
  console.info(["messages", ...BUDGETS.map((budget) => `% in ${budget}`), "p50 ms", "p99 ms"].join("  "));
  for (const size of SIZES) {
    const { said, asked } = conversation(size, size, QUESTIONS);
    const stub = env.CHAT_DO.getByName(`recall-${size}`);
    for (let at = 0; at < said.length; at += 1_000) {
      await stub.append(said.slice(at, at + 1_000), asking(""));
    }
    while (embedding) {
      using info = await stub.info(model);
      if (!info.ok || info.value.vectors >= size) break;
      await scheduler.wait(500);
    }
    const times: number[] = [];
    const shares = new Map(BUDGETS.map((budget) => [budget, [] as number[]]));
    for (const { question, evidence } of asked) {
      for (const [budget, found] of shares) {
        const started = performance.now();
        using preview = await stub.context(asking(question), { recallTokens: budget, windowTokens: 0 });
        times.push(performance.now() - started);
        if (!preview.ok) throw new Error(preview.failure.reason);
        const seqs = new Set(preview.value.context.recalled.map(({ seq }) => seq));
        // One of the messages that state it is enough.
        found.push(evidence.some((at) => seqs.has(at + 1)) ? 1 : 0);
      }
    }
    within500.set(size, percent(shares.get(500) ?? []));
    const cells = [...[...shares.values()].map(percent), percentile(times, 0.5), percentile(times, 0.99)];
    console.info([String(size).padStart(8), ...cells.map((cell) => cell.toFixed(1).padStart(8))].join("  "));
  }
  // Two questions of 150 are noise. The gain of a weak encoder is printed, not guaranteed.
  if (!embedding) expect(within500.get(3_000)).toBeGreaterThan((within500.get(600) ?? Number.NaN) - 2);
});
