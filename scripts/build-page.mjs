// Builds the page and the API reference into dist/page, the Worker's folder of assets.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { build } from "esbuild";
import { referencePage } from "./reference/page.mjs";

const root = join(import.meta.dirname, "..");
const from = join(root, "src/page");
const out = join(root, "dist/page");

mkdirSync(out, { recursive: true });
for (const name of ["manifest.webmanifest", "icon.svg", "icon-180.png", "icon-192.png", "icon-512.png"]) {
  cpSync(join(from, name), join(out, name));
}
cpSync(join(from, "headers"), join(out, "_headers"));
for (const name of ["openapi.json", "mcp-tools.json"]) cpSync(join(root, name), join(out, name));
writeFileSync(join(out, "docs.html"), referencePage(JSON.parse(readFileSync(join(root, "openapi.json"), "utf8"))));
const { metafile } = await build({
  entryPoints: { page: join(from, "main.tsx") },
  outdir: out,
  // Modules imported on demand go into `lazy`; scripts/size.mjs counts them separately.
  chunkNames: "lazy/[name]-[hash]",
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: ["chrome123", "firefox121", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "hono/jsx/dom",
  legalComments: "none",
  metafile: true,
});
await build({
  entryPoints: [join(from, "page.css"), join(from, "docs.css")],
  outdir: out,
  bundle: true,
  minify: true,
  target: ["chrome123", "firefox121", "safari17.5"],
});
// Without these links the browser requests the chunks only after it has read page.js.
const { imports } = Object.entries(metafile.outputs).find(([file]) => basename(file) === "page.js")[1];
const preloads = imports
  .filter(({ kind }) => kind === "import-statement")
  .map(({ path }) => `    <link rel="modulepreload" href="lazy/${basename(path)}" />\n`);
const html = readFileSync(join(from, "index.html"), "utf8");
writeFileSync(join(out, "index.html"), html.replace("  </head>", `${preloads.join("")}  </head>`));
// Chunk names change with their content. Deletes old chunks last, so that a running server always finds its files.
const built = new Set(Object.keys(metafile.outputs).map((file) => resolve(file)));
for (const name of readdirSync(join(out, "lazy"))) {
  const file = join(out, "lazy", name);
  if (!built.has(file)) rmSync(file);
}
