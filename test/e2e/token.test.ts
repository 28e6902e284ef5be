import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "./support/bundle";

let folder = "";
const token = (args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [join(root, "scripts/token.mjs"), ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "llamory-token-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("npm run token", () => {
  it("writes the hash of the printed token to the file of secrets", () => {
    const { stdout } = token(["acme", "--secrets", "secrets.json"]);
    const [printed = ""] = /llamory_\S+/.exec(stdout) ?? [];
    expect(JSON.parse(readFileSync(join(folder, "secrets.json"), "utf8"))).toEqual({
      API_TOKENS: `acme:${createHash("sha256").update(printed).digest("hex")}`,
      SESSION_KEY: expect.stringMatching(/^.{44}$/),
    });
  });

  it("prints no token whose hash it could not write", () => {
    writeFileSync(join(folder, "secrets.json"), "{}");
    const { status, stdout, stderr } = token(["--secrets", "secrets.json"]);
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: "", stderr: "secrets.json exists already\n" });
  });

  it.each([
    { args: ["--secret", "a.json"] },
    { args: ["--secrets"] },
    { args: ["acme", "other"] },
    { args: ["secrets.json"], env: { npm_config_secrets: "true" } },
  ])("shows its usage, and no stack, for $args", ({ args, env }) => {
    const { status, stdout, stderr } = token(args, env);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("Usage: npm run token -- [tenant] [--secrets FILE]");
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
