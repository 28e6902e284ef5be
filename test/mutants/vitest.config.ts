import { defineConfig } from "vitest/config";

/** The tests that `npm run test:mutants` runs for each mutant: those of the pure modules that it mutates. */
export default defineConfig({ test: { include: ["test/turn/**/*.test.ts"] } });
