import { defineConfig } from "vitest/config";

/** Benchmarks from outside, of the bundle on bare workerd: CPU time of its process, as ratios within one run. */
export default defineConfig({
  test: {
    include: ["bench/ask.bench.ts", "bench/load.bench.ts", "bench/users.bench.ts"],
    globalSetup: "test/e2e/support/bundle.ts",
    testTimeout: 900_000,
    hookTimeout: 900_000,
    disableConsoleIntercept: true,
  },
});
