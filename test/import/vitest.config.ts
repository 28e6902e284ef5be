import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/import/*.test.ts"],
    globalSetup: "test/e2e/support/bundle.ts",
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
});
