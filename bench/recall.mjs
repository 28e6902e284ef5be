// Runs the benchmark of recall: npm run bench:recall [-- FOLDER] [-- --meaning]. FOLDER has files with scored
// conversations. --meaning uses a real encoder, which computes the vectors of the sessions in minutes.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startEncoder } from "../test/support/encoder.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { meaning: { type: "boolean", default: false } },
});
const [folder] = positionals;
const root = join(import.meta.dirname, "..");
const encoder = values.meaning ? await startEncoder() : undefined;
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const child = spawn(process.execPath, [vitest, "run", "--config", "bench/memory.config.ts", "recall"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ...(encoder && { ENCODER: encoder.url }), ...(folder && { FOLDER: resolve(folder) }) },
});
child.once("exit", (code) => {
  encoder?.stop();
  process.exitCode = code ?? 1;
});
