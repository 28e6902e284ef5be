import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/worst/*.test.ts"],
    globalSetup: "test/e2e/support/bundle.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
