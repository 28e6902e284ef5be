import { defineConfig } from "vitest/config";

/** The page in Chromium: how soon it reacts while an answer streams. */
export default defineConfig({
  test: {
    include: ["bench/page.bench.ts"],
    globalSetup: "test/e2e/support/bundle.ts",
    testTimeout: 300_000,
    hookTimeout: 300_000,
    disableConsoleIntercept: true,
  },
});
