import { availableParallelism } from "node:os";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { kCurrentWorker } from "miniflare";
import { defineConfig } from "vitest/config";

/** The Worker of the tests: real, but for its model. */
const workerd = () =>
  cloudflareTest({
    main: "./test/support/entry.ts",
    // Or workerd prints the stack of each failure that a test makes on purpose.
    verbose: false,
    wrangler: { configPath: "./wrangler.local.toml" },
    miniflare: {
      serviceBindings: { AI: { name: kCurrentWorker, entrypoint: "ScriptedModel" } },
      durableObjects: { SCRIPTS: { className: "ScriptDO", useSQLite: true } },
    },
  });

/**
 * `worker`: in workerd, beside the Worker's own code. `meaning`: the same, beside a real encoder, which takes its time.
 * `e2e`: from outside, against servers that the tests start.
 */
export default defineConfig({
  test: {
    // Prints the Worker's log for failing tests only.
    silent: "passed-only",
    // Two cores have one worker by default; but most of a test from outside is waiting.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        plugins: [workerd()],
        test: {
          name: "worker",
          // Every test has sessions of its own, so that the files may share one runtime: to start one for each is half of the time.
          isolate: false,
          setupFiles: "test/support/check-log.ts",
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/e2e/**",
            "test/clients/**",
            "test/crash/**",
            "test/docs/**",
            "test/worst/**",
            "test/meaning/**",
          ],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [workerd()],
        test: {
          name: "meaning",
          setupFiles: "test/support/check-log.ts",
          include: ["test/meaning/**/*.test.ts"],
          globalSetup: "test/e2e/support/encoder.ts",
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          // newman uses a deprecated module.
          execArgv: ["--disable-warning=DEP0176"],
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: "test/e2e/support/bundle.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
