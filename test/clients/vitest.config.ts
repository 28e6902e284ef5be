import { defineConfig } from "vitest/config";

/** Tests real, unmodified agent frameworks against a started server: `npm run test:clients`. */
export default defineConfig({
  test: {
    include: ["test/clients/**/*.test.ts"],
    globalSetup: "test/e2e/support/bundle.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
