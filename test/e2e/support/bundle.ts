import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

export const root = join(import.meta.dirname, "../../..");

declare module "vitest" {
  interface ProvidedContext {
    /** The Worker as `npm run deploy` would upload it. */
    bundle: string;
  }
}

/**
 * Bundles the Worker into a folder as `npm run deploy` does, and as `local.js` with the models of `npm start`.
 * @param source the folder of the project, or of another version of it
 */
export async function bundleInto(folder: string, source = root): Promise<string> {
  const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
  const bundle = (into: string, ...more: string[]) => {
    const args = ["deploy", "--dry-run", "--outdir", into, ...more];
    return promisify(execFile)(process.execPath, [wrangler, ...args], { cwd: source });
  };
  await Promise.all([bundle(folder), bundle(join(folder, "local"), "--minify", "-c", "wrangler.local.toml")]);
  copyFileSync(join(folder, "local/local.js"), join(folder, "local.js"));
  return join(folder, "index.js");
}

export default async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), "llamory-bundle-"));
  project.provide("bundle", await bundleInto(folder));
  return () => rmSync(folder, { recursive: true });
}
