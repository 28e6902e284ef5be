import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/docs/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
