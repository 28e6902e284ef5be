import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "./support/bundle";

let copy = "";
const rename = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, "scripts/rename.mjs"), ...args], { cwd: copy, encoding: "utf8" });
const read = (path: string) => readFileSync(join(copy, path), "utf8");

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "llamory-rename-"));
});
afterEach(() => rmSync(copy, { recursive: true }));

describe("npm run rename", () => {
  beforeEach(() => {
    mkdirSync(join(copy, ".github"));
    writeFileSync(
      join(copy, "README.md"),
      "# A\n\n<!-- before rename -->\nReplace `OWNER`.\n\n<!-- /before rename -->\n[b](https://github.com/OWNER/a), SOMEOWNER\n",
    );
    writeFileSync(join(copy, ".github/CODEOWNERS"), "* @OWNER\n");
    writeFileSync(join(copy, "package.json"), '{"author":"OWNER (https://github.com/OWNER)"}\n');
  });

  it.each(["", "OWNER", "a/b", "a--b", "-a", "a".repeat(40), "a b"])("refuses %j and changes nothing", (name) => {
    const { status, stderr } = rename(name);
    expect(status).toBe(2);
    expect(stderr).toContain("npm run rename -- NAME");
    expect(read(".github/CODEOWNERS")).toBe("* @OWNER\n");
  });

  it("puts the account in place of OWNER, removes the notices, and may run again", () => {
    const { status, stdout } = rename("acme-2");
    expect(status).toBe(0);
    expect(stdout).toContain("Renamed in 3 files.");
    expect(read("README.md")).toBe("# A\n\n[b](https://github.com/acme-2/a), SOMEOWNER\n");
    expect(read(".github/CODEOWNERS")).toBe("* @acme-2\n");
    expect(read("package.json")).toBe('{"author":"acme-2 (https://github.com/acme-2)"}\n');
    expect(rename("acme-2").stdout).toContain("replaced before");
  });
});

it("npm run rename reaches every file of the project that has the placeholder or a notice", () => {
  const own = ["scripts/rename.mjs", "test/e2e/rename.test.ts"];
  const { stdout } = spawnSync("git", ["grep", "-lIE", "-e", "\\bOWNER\\b", "-e", "before rename"], {
    cwd: root,
    encoding: "utf8",
  });
  const named = stdout.split("\n").filter((path) => path !== "" && !own.includes(path));
  for (const path of [...named, "package.json"]) {
    mkdirSync(join(copy, dirname(path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  expect(rename("acme-2").status).toBe(0);
  for (const path of named) expect(read(path), path).not.toMatch(/\bOWNER\b|before rename/);
});
