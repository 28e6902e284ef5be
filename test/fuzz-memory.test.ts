import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { compare } from "./support/compare-memory";
import { OPERATIONS, type OperationName } from "./support/random-operations";
import { RandomRun } from "./support/random-run";

const COUNT = 2_000;
const RUNS = 40;
/** Operations of a run, and after how many everything is compared. */
const LENGTH = 110;
const BETWEEN = 25;

afterEach(() => vi.restoreAllMocks());

const names = Object.entries(OPERATIONS).map(([name, [, weight]]) => ({
  arbitrary: fc.constant(name as OperationName),
  weight,
}));
const operation = fc.record({
  name: fc.oneof(...names),
  session: fc.nat(3),
  /** The last one is nobody. */
  user: fc.nat(2),
  pick: fc.nat(999),
});

describe("any operations on a memory", () => {
  it(`never fail, lose what was acknowledged, or bring back what was deleted: ${COUNT} of them`, async () => {
    let done = 0;
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.noBias(fc.array(operation, { maxLength: LENGTH, size: "max" })), async (operations) => {
        runs += 1;
        const run = new RandomRun(runs);
        const { reference, model } = run;
        for (const [index, { name, session: at, user, pick }] of operations.entries()) {
          const session = reference.session(at);
          model.play = "answer";
          await OPERATIONS[name][0]({
            run,
            session,
            at,
            user: user === reference.users.length ? undefined : user,
            pick,
          });
          reference.settle();
          if (index % BETWEEN === BETWEEN - 1) await compare(run);
          expect(reference.violations).toEqual([]);
          done += 1;
        }
        await compare(run);
        expect(reference.violations).toEqual([]);
      }),
      { numRuns: RUNS, seed: 23, interruptAfterTimeLimit: 100_000 },
    );
    expect(done).toBeGreaterThanOrEqual(COUNT);
  }, 120_000);
});
