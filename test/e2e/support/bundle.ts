import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

export const root = join(import.meta.dirname, "../../..");

declare module "vitest" {
  interface ProvidedContext {
    /** The Worker as `npm run deploy` would send it. */
    bundle: string;
  }
}

/** Bundles the Worker as `npm run deploy` does, into a folder. */
export function bundleInto(folder: string): string {
  const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
  const args = ["deploy", "--dry-run", "--minify", "--outdir", folder];
  execFileSync(process.execPath, [wrangler, ...args], { cwd: root, stdio: "pipe" });
  return join(folder, "index.js");
}

export default function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), "llamory-bundle-"));
  project.provide("bundle", bundleInto(folder));
  return () => rmSync(folder, { recursive: true });
}
