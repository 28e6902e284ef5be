import { defineConfig } from "vitest/config";

/** Runs the tests of the pure modules that `npm run test:mutants` mutates. */
export default defineConfig({ test: { include: ["test/turn/**/*.test.ts"] } });
