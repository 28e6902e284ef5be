// Writes openapi.json from the schemas that the routes validate with. With --check, fails if the file is out of date.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const target = join(root, "openapi.json");
const folder = mkdtempSync(join(tmpdir(), "llamory-openapi-"));
try {
  const outfile = join(folder, "openapi.mjs");
  const entryPoints = [join(root, "scripts/openapi/document.ts")];
  await build({ entryPoints, bundle: true, format: "esm", outfile, logLevel: "error" });
  const { openapi } = await import(pathToFileURL(outfile).href);
  const text = `${JSON.stringify(openapi(), null, 1)}\n`;
  if (!process.argv.includes("--check")) writeFileSync(target, text);
  else if (readFileSync(target, "utf8") !== text) {
    console.error("openapi.json is not what the schemas say: npm run openapi");
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
