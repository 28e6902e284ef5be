import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { root } from "./support/bundle";
import { Workerd } from "./support/workerd";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const app = mkdtempSync(join(tmpdir(), "llamory-app-"));
let tarball = "";

/** Runs a program in the app. An error contains the program's output. */
function run(program: string, ...args: string[]): string {
  try {
    return execFileSync(program, args, { cwd: app, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    if (error instanceof Error && "stdout" in error) throw new Error(`${program} ${args.join(" ")}:\n${error.stdout}`);
    throw error;
  }
}
const bin = (name: string, ...args: string[]) => run(join(root, "node_modules/.bin", name), ...args);

/** Packs a package into the app's folder. */
function pack(folder: string, ...flags: string[]): string {
  const args = ["pack", "--silent", "--pack-destination", app, ...flags];
  const name = execFileSync("npm", args, { cwd: folder, encoding: "utf8" }).trim().split("\n").at(-1);
  return join(app, name ?? "");
}

beforeAll(() => {
  tarball = pack(root);
  // Without a registry, the dependencies of the package come from tarballs too.
  const tarballs = Object.keys(manifest.dependencies).map((name) => [
    name,
    `file:${pack(join(root, "node_modules", name), "--ignore-scripts")}`,
  ]);
  cpSync(join(root, "test/fixtures/app"), app, { recursive: true });
  const dependencies = { llamory: `file:${tarball}`, ...Object.fromEntries(tarballs) };
  writeFileSync(join(app, "package.json"), JSON.stringify({ type: "module", private: true, dependencies }));
  run("npm", "install", "--offline", "--no-audit", "--no-fund", "--silent");
});

afterAll(() => rmSync(app, { recursive: true }));

describe("an app that installs the packed package", () => {
  it.each([
    ["bundler", "esnext"],
    ["nodenext", "nodenext"],
  ])("type-checks with all libraries checked, under moduleResolution %s", (moduleResolution, module) => {
    const compilerOptions = {
      target: "es2024",
      lib: ["es2024", "dom", "dom.iterable", "dom.asynciterable"],
      strict: true,
      skipLibCheck: false,
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
      module,
      moduleResolution,
      outDir: join(app, "out"),
    };
    writeFileSync(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts", "types.ts"] }));
    bin("tsc");
  });

  it("type-checks with the oldest hono that it allows", () => {
    const { version } = JSON.parse(readFileSync(join(root, "node_modules/hono-oldest/package.json"), "utf8"));
    expect(manifest.dependencies.hono).toBe(`^${version}`);
    const [hono, newest] = [join(app, "node_modules/hono"), join(app, "newest")];
    renameSync(hono, newest);
    cpSync(join(root, "node_modules/hono-oldest"), hono, { recursive: true });
    bin("tsc");
    rmSync(hono, { recursive: true });
    renameSync(newest, hono);
  });

  it("talks to a server", async () => {
    await using server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" } });
    await server.start();
    const { text, messages, facts, refused } = JSON.parse(run(process.execPath, join(app, "out/main.js"), server.url));
    expect(text).toContain("Ana");
    expect(messages).toBe(4);
    expect(facts).toEqual(["Keeps bees."]);
    expect(refused).toBe(400);
  });

  it("gets the command, which needs none of the dependencies", () => {
    rmSync(join(app, "node_modules/hono"), { recursive: true });
    expect(run(join(app, "node_modules/.bin/llamory"), "--help")).toContain("llamory COMMAND");
  });

  it("gets what publint and are-the-types-wrong find in order", () => {
    bin("publint", "run", tarball, "--strict");
    bin("attw", tarball, "--profile", "esm-only");
  });
});
