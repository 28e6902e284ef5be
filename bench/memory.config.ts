import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { buildSync } from "esbuild";
import { kCurrentWorker } from "miniflare";
import { defineConfig } from "vitest/config";
import type {} from "../test/support/provided";
import type { FileConversation } from "./scored-conversation";

/** The URL of a real encoder, a folder with scored conversations, and another checkout, all optional. */
const { ENCODER, FOLDER, BASE } = process.env;

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

/** Bundles the memory of this checkout and of another one, as a Worker is bundled. Version 2.0.0 has other folders. */
function versions(): string[] {
  const folder = mkdtempSync(join(tmpdir(), "versions-"));
  return [import.meta.dirname.replace(/bench$/, ""), ...(BASE ? [BASE] : [])].map((root, at) => {
    const from = (path: string) => join(root, "src/do", path);
    const [store, ranking] = existsSync(from("memory"))
      ? [from("session/store.ts"), from("memory/ranking.ts")]
      : [from("storage/store.ts"), from("recall/ranking.ts")];
    const contents = `export { Store } from ${JSON.stringify(store)}; export { recall } from ${JSON.stringify(ranking)};`;
    const outfile = join(folder, `${at}.mjs`);
    buildSync({
      stdin: { contents, resolveDir: root },
      outfile,
      bundle: true,
      format: "esm",
      external: ["cloudflare:*"],
    });
    return outfile;
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
    include: ["memory", "recall", "recall-table", "meaning", "versions"].map((name) => `bench/${name}.bench.ts`),
    provide: { scored: FOLDER ? scoredIn(FOLDER) : [], versions: versions() },
    testTimeout: 900_000,
    disableConsoleIntercept: true,
  },
});
