// Builds the Worker into dist/worker. wrangler runs this before it deploys, and uploads the result unchanged.
// wrangler bundles with esbuild, whose result is 5.3 KiB gzipped larger.
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { build } from "rolldown";
import { UNUSED } from "./unused-of-hono.mjs";

const src = join(import.meta.dirname, "../src");

/** The folders of the Worker, in the best of some hundred orders: others result in up to a KiB more. */
const FOLDERS = [
  ...["llm/json-schema", "wire", "llm", "turn", "do/memory", "do/user", "do/tenant", "do/session", "do", "rpc"],
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

/** Removes unused members of Hono's classes. Fails if one of them does not exist. */
const withoutUnused = {
  name: "without-unused",
  transform: {
    filter: { id: /[\\/]hono[\\/]dist[\\/](?:context|request|hono-base)\.js$/ },
    handler(code, id) {
      const names = new Set(UNUSED[basename(id)]);
      let rest = code;
      const remove = ({ key, start, end }) => {
        if (names.delete(key.name)) rest = rest.slice(0, start) + " ".repeat(end - start) + rest.slice(end);
      };
      new Visitor({ MethodDefinition: remove, PropertyDefinition: remove }).visit(parseSync(id, code).program);
      if (names.size > 0) throw new Error(`${id} has no ${[...names].join(", ")}: correct scripts/unused-of-hono.mjs`);
      return rest;
    },
  },
};

/** Puts each SQL statement on one line: 170 bytes gzipped less. Only SQL has indented lines in templates of src/do. */
const flatSql = {
  name: "flat-sql",
  transform: {
    filter: { id: /[\\/]src[\\/]do[\\/]/ },
    handler(code, id) {
      const parts = [];
      new Visitor({ TemplateElement: (part) => parts.push(part) }).visit(parseSync(id, code).program);
      let flat = "";
      let at = 0;
      for (const { start, end } of parts.toSorted((a, b) => a.start - b.start)) {
        flat += code.slice(at, start) + code.slice(start, end).replace(/\n +/g, " ");
        at = end;
      }
      return flat + code.slice(at);
    },
  },
};

await build({
  input: join(src, "index.ts"),
  external: /^cloudflare:/,
  // The conditions of wrangler.
  resolve: { conditionNames: ["workerd", "worker", "browser"] },
  plugins: [byFolder, withoutUnused, flatSql],
  optimization: { inlineConst: { mode: "all", pass: 3 } },
  output: { dir: join(src, "../dist/worker"), minify: true, comments: false },
  logLevel: "warn",
});
