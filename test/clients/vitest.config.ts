import { join } from "node:path";
import { defineConfig } from "vitest/config";

const SERVERS = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } } };

/**
 * Returns a project that runs tests with other versions of their clients.
 * @param packages the alias in `package.json` of each package that the tests import
 */
const withVersion = (name: string, include: string[], packages: Record<string, string>) => ({
  resolve: {
    alias: Object.entries(packages).map(([find, alias]) => ({
      find: new RegExp(`^${find}$`),
      replacement: join(import.meta.dirname, "node_modules", alias),
    })),
  },
  test: { ...SERVERS, name, include },
});

/** Tests real, unmodified clients and agent frameworks against a started server: `npm run test:clients`. */
export default defineConfig({
  test: {
    globalSetup: "test/e2e/support/bundle.ts",
    projects: [
      { test: { ...SERVERS, name: "clients", include: ["test/clients/**/*.test.ts"] } },
      withVersion("openai 5", ["test/e2e/openai.test.ts"], { openai: "openai-5" }),
      withVersion("openai 6", ["test/e2e/openai.test.ts"], { openai: "openai-6" }),
      withVersion("AI SDK 5", ["test/e2e/ai-sdk.test.ts", "test/clients/ai-sdk-agents.test.ts"], {
        ai: "ai-5",
        "@ai-sdk/openai": "ai-sdk-openai-2",
        "@ai-sdk/openai-compatible": "ai-sdk-openai-compatible-1",
      }),
    ],
  },
});
