// Builds the command `llamory` into dist/cli.js, with all that it imports. It runs on Node 20 and newer.
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const outfile = join(root, "dist/cli.js");

await build({
  entryPoints: [join(root, "src/cli/main.ts")],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  banner: { js: "#!/usr/bin/env node" },
  define: { VERSION: JSON.stringify(version) },
  legalComments: "inline",
});
chmodSync(outfile, 0o755);
