// Builds the Worker into dist/worker. wrangler runs this before it deploys, and uploads the result unchanged.
// wrangler bundles with esbuild, whose result is 5.3 KiB gzipped larger.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";

const src = join(import.meta.dirname, "../src");

/** The folders of the Worker, in the best of some hundred orders: others result in up to a KiB more. */
const FOLDERS = [
  ...["llm/json-schema", "llm", "wire", "turn", "do/memory", "do/tenant", "do/user", "do/session", "do", "rpc"],
  ...["middleware", "schema", "routes"],
];

/**
 * Puts the modules of each folder next to one another. They are similar, and gzip finds repetitions only within 32 KiB:
 * 2.5 KiB gzipped less. The imports have no other effect, because modules of src have no side effects (package.json).
 */
const byFolder = {
  name: "by-folder",
  transform: {
    filter: { id: /[\\/]src[\\/]index\.ts$/ },
    handler(code) {
      const files = FOLDERS.flatMap((folder) => globSync(`${folder}/*.ts`, { cwd: src }).toSorted());
      const imports = ["zod/mini", "hono/tiny", ...files.map((file) => `./${file.replaceAll("\\", "/")}`)];
      return imports.map((name) => `import ${JSON.stringify(name)};\n`).join("") + code;
    },
  },
};

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
  input: join(src, "index.ts"),
  external: /^cloudflare:/,
  // The conditions of wrangler.
  resolve: { conditionNames: ["workerd", "worker", "browser"] },
  plugins: [byFolder, withoutUnused],
  optimization: { inlineConst: { mode: "all", pass: 3 } },
  output: { dir: join(src, "../dist/worker"), minify: true, comments: false },
  logLevel: "warn",
});
