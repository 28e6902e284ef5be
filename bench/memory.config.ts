import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { kCurrentWorker } from "miniflare";
import { defineConfig } from "vitest/config";

/** Where a real encoder answers, if one does. */
const { ENCODER } = process.env;

/** Benchmarks in workerd: they print, and fail only where a promise that is no matter of seconds is broken. */
export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: "./wrangler.local.toml" },
      miniflare: {
        serviceBindings: { AI: { name: kCurrentWorker, entrypoint: ENCODER ? "OpenAIModel" : "OfflineModel" } },
        ...(ENCODER && { bindings: { OPENAI_BASE_URL: `${ENCODER}/v1`, EMBEDDING_MODEL: "encoder" } }),
      },
    }),
  ],
  test: {
    include: ["bench/memory.bench.ts", "bench/recall.bench.ts", "bench/meaning.bench.ts"],
    testTimeout: 900_000,
    disableConsoleIntercept: true,
  },
});
