// Runs the benchmark of recall; with --meaning, beside a real encoder, in sessions whose vectors are made in minutes.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startEncoder } from "../test/support/encoder.mjs";

const { values } = parseArgs({ options: { meaning: { type: "boolean", default: false } } });
const root = join(import.meta.dirname, "..");
const encoder = values.meaning ? await startEncoder() : undefined;
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const child = spawn(process.execPath, [vitest, "run", "--config", "bench/memory.config.ts", "recall"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ...(encoder && { ENCODER: encoder.url }) },
});
child.once("exit", (code) => {
  encoder?.stop();
  process.exitCode = code ?? 1;
});
