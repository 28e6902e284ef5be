import { defineConfig } from "vitest/config";

/** Agent frameworks, real and unmodified, against a started server: `npm run test:clients`. */
export default defineConfig({
  test: {
    include: ["test/clients/**/*.test.ts"],
    globalSetup: "test/e2e/support/bundle.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
