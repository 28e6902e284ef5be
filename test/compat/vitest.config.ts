import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/compat/*.test.ts"],
    globalSetup: "test/e2e/support/bundle.ts",
    testTimeout: 600_000,
    disableConsoleIntercept: true,
  },
});
