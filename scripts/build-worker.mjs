// Builds the Worker into dist/worker. wrangler runs this before it deploys, and uploads the result unchanged.
// wrangler bundles with esbuild, whose result is 5.3 KiB gzipped larger.
import { join } from "node:path";
import { build } from "rolldown";

const root = join(import.meta.dirname, "..");

await build({
  input: join(root, "src/index.ts"),
  external: /^cloudflare:/,
  // The conditions of wrangler.
  resolve: { conditionNames: ["workerd", "worker", "browser"] },
  output: { dir: join(root, "dist/worker"), minify: true, comments: false },
  logLevel: "warn",
});
