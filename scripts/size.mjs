// Bundles the Worker as `npm run deploy` does and fails where all its modules together are larger than they may be.
import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KIB = 100;
const out = mkdtempSync(join(tmpdir(), "llamory-"));
try {
  const wrangler = join(import.meta.dirname, "../node_modules/wrangler/bin/wrangler.js");
  execFileSync(process.execPath, [wrangler, "deploy", "--dry-run", "--minify", "--outdir", out], { stdio: "pipe" });
  // What wrangler writes beside the modules is not uploaded.
  const modules = globSync("**/*", { cwd: out, exclude: ["**/*.map", "**/README.md"], withFileTypes: true });
  const bytes = modules
    .filter((entry) => entry.isFile())
    .map((entry) => gzipSync(readFileSync(join(entry.parentPath, entry.name)), { level: 9 }).length)
    .reduce((sum, size) => sum + size, 0);
  const kib = bytes / 1024;
  console.log(`The Worker is ${kib.toFixed(1)} KiB gzipped, of ${LIMIT_KIB} KiB.`);
  if (kib > LIMIT_KIB) process.exitCode = 1;
} finally {
  rmSync(out, { recursive: true });
}
