import fc from "fast-check";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { compare } from "./support/compare-memory";
import { OPERATIONS } from "./support/random-operations";
import { RandomRun } from "./support/random-run";

const COUNT = 2_000;
/** The number of runs, each with its own sessions and users, and the most operations per run. */
const RUNS = 48;
const LENGTH = 110;
/** The number of operations between two full comparisons. */
const BETWEEN = 25;
/** The most milliseconds for the search for the smallest counterexample. */
const SHRINKING_MS = 100_000;

afterEach(() => vi.restoreAllMocks());

const names = Object.entries(OPERATIONS).map(([name, [, weight]]) => ({ arbitrary: fc.constant(name), weight }));
const operation = fc.record({
  name: fc.oneof(...names),
  session: fc.nat(3),
  /** The last index means no user. */
  user: fc.nat(2),
  pick: fc.nat(999),
});
const operations = fc.noBias(fc.array(operation, { maxLength: LENGTH, size: "max" }));

describe("any operations on a memory", () => {
  it(`never fail, lose what was acknowledged, or bring back what was deleted: ${COUNT} of them`, async () => {
    let done = 0;
    let runs = 0;
    const property = fc.asyncProperty(operations, async (steps) => {
      runs += 1;
      const run = new RandomRun(runs);
      const { reference, model } = run;
      for (const [index, { name, session: at, user, pick }] of steps.entries()) {
        model.play = "answer";
        const asking = user < reference.users.length ? user : undefined;
        await OPERATIONS[name]?.[0]({ run, session: reference.session(at), at, user: asking, pick });
        reference.settle();
        expect(reference.violations).toEqual([]);
        if (index % BETWEEN === BETWEEN - 1) await compare(run);
        done += 1;
      }
      await compare(run);
    });
    await fc.assert(property, { numRuns: RUNS, seed: inject("seed"), interruptAfterTimeLimit: SHRINKING_MS });
    expect(done).toBeGreaterThanOrEqual(COUNT);
  }, 120_000);
});
