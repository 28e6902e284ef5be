// Builds the page into dist/page, which the Worker's configuration names as its assets.
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const from = join(root, "src/page");
const out = join(root, "dist/page");

mkdirSync(out, { recursive: true });
for (const name of ["index.html", "icon.svg"]) cpSync(join(from, name), join(out, name));
cpSync(join(from, "headers"), join(out, "_headers"));
cpSync(join(root, "openapi.json"), join(out, "openapi.json"));
await build({
  entryPoints: { page: join(from, "main.tsx") },
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome123", "firefox121", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "hono/jsx/dom",
  legalComments: "none",
});
await build({
  entryPoints: [join(from, "page.css")],
  outdir: out,
  minify: true,
  target: ["chrome123", "firefox121", "safari17.5"],
});
