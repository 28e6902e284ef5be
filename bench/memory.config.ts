import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { kCurrentWorker } from "miniflare";
import { defineConfig } from "vitest/config";

/** Where a real encoder answers, if one does. */
const { ENCODER } = process.env;

/** Benchmarks in workerd. They print figures, and fail only if a guarantee is broken that does not depend on time. */
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
