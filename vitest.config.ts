import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { kCurrentWorker } from "miniflare";
import { defineConfig } from "vitest/config";

/** `worker`: in workerd, beside the Worker's own code. `e2e`: from outside, against servers that the tests start. */
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [
          cloudflareTest({
            main: "./test/support/entry.ts",
            wrangler: { configPath: "./wrangler.local.toml" },
            miniflare: {
              serviceBindings: { AI: { name: kCurrentWorker, entrypoint: "ScriptedModel" } },
              durableObjects: { SCRIPTS: { className: "ScriptDO", useSQLite: true } },
            },
          }),
        ],
        test: {
          name: "worker",
          // Every test has sessions of its own, so that the files may share one runtime: to start one for each is half of the time.
          isolate: false,
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/crash/**", "test/worst/**"],
          globalSetup: "test/e2e/support/encoder.ts",
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: "test/e2e/support/bundle.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
