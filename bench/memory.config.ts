import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { kCurrentWorker } from "miniflare";
import { defineConfig } from "vitest/config";

/** Benchmarks in workerd: they print, and fail only where a promise that is no matter of seconds is broken. */
export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: "./wrangler.local.toml" },
      miniflare: { serviceBindings: { AI: { name: kCurrentWorker, entrypoint: "OfflineModel" } } },
    }),
  ],
  test: {
    include: ["bench/memory.bench.ts", "bench/recall.bench.ts"],
    testTimeout: 900_000,
    disableConsoleIntercept: true,
  },
});
