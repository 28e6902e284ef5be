// Bundles the Worker as `npm run deploy` does and fails where it is larger than it may be.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KIB = 100;
const out = mkdtempSync(join(tmpdir(), "llamory-"));
try {
  const wrangler = join(import.meta.dirname, "../node_modules/wrangler/bin/wrangler.js");
  execFileSync(process.execPath, [wrangler, "deploy", "--dry-run", "--minify", "--outdir", out], { stdio: "pipe" });
  const kib = gzipSync(readFileSync(join(out, "index.js")), { level: 9 }).length / 1024;
  console.log(`The Worker is ${kib.toFixed(1)} KiB gzipped, of ${LIMIT_KIB} KiB.`);
  if (kib > LIMIT_KIB) process.exitCode = 1;
} finally {
  rmSync(out, { recursive: true });
}
