import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { kCurrentWorker } from "miniflare";
import { defineConfig } from "vitest/config";
import type {} from "../test/support/provided";
import type { FileConversation } from "./scored-conversation";

/** The URL of a real encoder, and a folder with scored conversations, both optional. */
const { ENCODER, FOLDER } = process.env;

/** Reads the files of a folder, `.json` or `.json.gz`, each with a list of conversations; see `scored-conversation.ts`. */
function scoredIn(folder: string) {
  const files = readdirSync(folder).filter((file) => /\.json(?:\.gz)?$/.test(file));
  return files.sort().flatMap((file) => {
    const bytes = readFileSync(join(folder, file));
    const conversations: FileConversation[] = JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString());
    const isScored = Array.isArray(conversations) && conversations.every(({ sessions, qa }) => sessions && qa);
    return isScored ? [{ name: file.replace(/\.json(?:\.gz)?$/, ""), conversations }] : [];
  });
}

/** Benchmarks in workerd. They print figures, and fail only if a guarantee is broken that does not depend on time. */
export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: "./wrangler.local.toml" },
      miniflare: {
        serviceBindings: { AI: { name: kCurrentWorker, entrypoint: ENCODER ? "OpenAIModel" : "OfflineModel" } },
        ...(ENCODER && { bindings: { OPENAI_BASE_URL: `${ENCODER}/v1`, EMBEDDING_MODEL: "encoder" } }),
      },
    }),
  ],
  test: {
    include: ["memory", "recall", "recall-table", "meaning"].map((name) => `bench/${name}.bench.ts`),
    provide: { scored: FOLDER ? scoredIn(FOLDER) : [] },
    testTimeout: 900_000,
    disableConsoleIntercept: true,
  },
});
