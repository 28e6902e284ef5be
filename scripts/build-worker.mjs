// Builds the Worker into dist/worker. wrangler runs this before it deploys, and uploads the result unchanged.
// wrangler bundles with esbuild, whose result is 5.3 KiB gzipped larger.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";

const root = join(import.meta.dirname, "..");

/**
 * Modules of Hono for mounted apps, HTML and forms: 1.4 KiB gzipped. Hono's classes import them, but no route uses them.
 * scripts/layout.mjs refuses calls of their methods.
 */
const UNUSED = /[\\/]hono[\\/]dist[\\/]utils[\\/](?:mount|html|body)\.js$/;

/** Replaces the exports of these modules by undefined. */
const withoutUnused = {
  name: "without-unused",
  load: {
    filter: { id: UNUSED },
    handler(id) {
      const [, names] = /^export \{ (.*) \};$/m.exec(readFileSync(id, "utf8"));
      return names
        .split(", ")
        .map((name) => `export const ${name} = undefined;`)
        .join("\n");
    },
  },
};

await build({
  input: join(root, "src/index.ts"),
  external: /^cloudflare:/,
  // The conditions of wrangler.
  resolve: { conditionNames: ["workerd", "worker", "browser"] },
  plugins: [withoutUnused],
  output: { dir: join(root, "dist/worker"), minify: true, comments: false },
  logLevel: "warn",
});
