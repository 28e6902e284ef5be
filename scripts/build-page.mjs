// Builds the page and the API reference into dist/page, the Worker's folder of assets. Rolldown's scripts are 3.5 KiB
// gzipped smaller than esbuild's; it bundles no style sheets.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build as esbuild } from "esbuild";
import { build as rolldown } from "rolldown";
import { referencePage } from "./reference/page.mjs";

const root = join(import.meta.dirname, "..");
const from = join(root, "src/page");
const out = join(root, "dist/page");

mkdirSync(out, { recursive: true });
for (const name of ["index.html", "manifest.webmanifest", "icon.svg", "icon-180.png", "icon-192.png", "icon-512.png"]) {
  cpSync(join(from, name), join(out, name));
}
cpSync(join(from, "headers"), join(out, "_headers"));
for (const name of ["openapi.json", "mcp-tools.json"]) cpSync(join(root, name), join(out, name));
writeFileSync(join(out, "docs.html"), referencePage(JSON.parse(readFileSync(join(root, "openapi.json"), "utf8"))));
const { output } = await rolldown({
  input: { page: join(from, "main.tsx") },
  platform: "browser",
  transform: {
    jsx: { runtime: "automatic", importSource: "hono/jsx/dom" },
    target: ["chrome123", "firefox121", "safari17.5"],
  },
  optimization: { inlineConst: { mode: "all", pass: 3 } },
  output: {
    dir: out,
    entryFileNames: "[name].js",
    // Modules imported on demand go into `lazy`; scripts/size.mjs counts them separately.
    chunkFileNames: "lazy/[name]-[hash].js",
    minify: true,
    comments: false,
  },
  logLevel: "warn",
});
const [{ imports }] = output;
if (imports.length > 0) throw new Error(`index.html has no preload link for what page.js imports: ${imports}`);
await esbuild({
  entryPoints: [join(from, "page.css"), join(from, "docs.css")],
  outdir: out,
  bundle: true,
  minify: true,
  target: ["chrome123", "firefox121", "safari17.5"],
});
// Chunk names change with their content. Deletes old chunks last, so that a running server always finds its files.
const built = new Set(output.map(({ fileName }) => basename(fileName)));
for (const name of readdirSync(join(out, "lazy"))) if (!built.has(name)) rmSync(join(out, "lazy", name));
