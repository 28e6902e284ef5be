// Writes openapi.json, the Postman collection and the list of MCP tools from the routers. With --check, fails if a file is out of date.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { withDescriptions } from "./openapi/doc-comments.ts";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "llamory-openapi-"));

const DESCRIBED = join(root, "scripts/openapi/described.ts");
/** The plugin of esbuild that gives schemas their doc comments as descriptions. */
const docComments = {
  name: "doc-comments",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]src[\\/](?:schema|routes)[\\/].*\.ts$/ }, ({ path }) => ({
      contents: withDescriptions(readFileSync(path, "utf8"), DESCRIBED),
      loader: "ts",
    })),
};

try {
  const outfile = join(folder, "files.mjs");
  const entryPoints = [join(root, "scripts/openapi/files.ts")];
  await build({ entryPoints, bundle: true, format: "esm", outfile, logLevel: "error", plugins: [docComments] });
  const { files } = await import(pathToFileURL(outfile).href);
  for (const [name, text] of Object.entries(files)) {
    if (!process.argv.includes("--check")) writeFileSync(join(root, name), text);
    else if (readFileSync(join(root, name), "utf8") !== text) {
      console.error(`${name} does not match the routers: npm run openapi`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
