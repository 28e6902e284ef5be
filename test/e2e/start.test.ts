import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { root } from "./support/bundle";
import { Dev } from "./support/dev";
import { ask } from "./support/http";

/** Runs `npm start` with options that it refuses. @returns its error message */
function refusal(options: string[], env: Record<string, string> = {}): string {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/start.mjs", ...options], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  expect(status).toBe(1);
  return stderr;
}

describe("npm start", () => {
  // A start takes seconds, so tests share the server.
  const server = new Dev();
  beforeEach(async () => {
    if (!server.isRunning) await server.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it("prints its address, its model, where it stores data and how to stop it, and nothing of wrangler", () => {
    const [, ...lines] = server.console
      .replace(/^npm .*$/gm, "")
      .trim()
      .split(/\n\s*/);
    expect(lines).toEqual([
      expect.stringMatching(/^> exec node scripts\/start/),
      expect.stringMatching(/^Llamory \d+\.\d+\.\d+\. Ready on http:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^Model {2}llamory-offline, a stand-in/),
      expect.stringMatching(/^Data {3}\S+ /),
      "Stop   Ctrl+C",
    ]);
  });

  it("serves the OpenAPI document as a static file", async () => {
    const response = await fetch(`${server.url}/openapi.json`);
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(await response.text()).toBe(readFileSync(join(root, "openapi.json"), "utf8"));
  });

  it("remembers a session, also after SIGKILL, and keeps a clean console", async () => {
    await ask(server.url, "a", "My name is Ana and I keep bees in Lisbon.");
    expect((await ask(server.url, "a", "What is my name?")).answer).toContain("Ana");
    expect((await ask(server.url, "a", "Where do I keep bees?")).answer).toContain("Lisbon");
    expect((await ask(server.url, "b", "What is my name?")).answer).not.toContain("Ana");
    // Ignores npm's own messages: they concern the machine's npm, not the project.
    expect(server.console.replace(/^npm .*$/gm, "")).not.toMatch(/\bwarn|error|^\s+at /im);

    await server.kill();
    await server.start();
    expect((await ask(server.url, "a", "What is my name?")).answer).toContain("Ana");
  });

  it("ends with an error that names an invalid setting", async () => {
    await using invalid = new Dev(undefined, ["--var", "CONTEXT_TOKENS:many"]);
    await expect(invalid.start()).rejects.toThrow("CONTEXT_TOKENS");
  });

  it("starts no second server on the same data", () => {
    const folder = /Data {3}(.+) \(delete/.exec(server.console)?.[1] ?? "";
    expect(refusal(["--port", "0", "--persist-to", folder])).toContain(`Another server uses the data in ${folder}\n`);
  });

  it("prints its options, also while another server uses the data", () => {
    const folder = /Data {3}(.+) \(delete/.exec(server.console)?.[1] ?? "";
    const { status, stdout } = spawnSync(process.execPath, ["scripts/start.mjs", "--help", "--persist-to", folder], {
      cwd: root,
      encoding: "utf8",
    });
    expect(status).toBe(0);
    expect(stdout).toContain("--port");
  });

  it.each([["--port", "abc"], ["--port", "65536"], ["--port"], ["--inspector-port", "x"]])(
    "refuses a port that is no number with one sentence: %s %s",
    (...options) => {
      expect(refusal(options)).toMatch(/^Write --\S+ with a number from 0 to 65535, for example --\S+ 9000\n$/);
    },
  );

  it("says that a folder for the data cannot be used", () => {
    expect(refusal(["--persist-to", "package.json"])).toMatch(
      /^The data in \S+package\.json cannot be used: EEXIST.*\n$/,
    );
    expect(refusal(["--persist-to", "package.json/data"])).toMatch(/cannot be used: ENOTDIR.*\n$/);
  });

  it("refuses options that npm took for its own, and settings that wrangler would ignore", () => {
    expect(refusal(["9000"], { npm_config_port: "true" })).toContain("npm start -- --port 9000");
    expect(refusal(["--var", "RECALL_TOKENS=10"])).toContain("NAME:value");
  });

  it("listens on another address if asked to, and names the model server of a setting", async () => {
    const options = ["--ip", "localhost", "--var", "OPENAI_BASE_URL:http://127.0.0.1:9/v1"];
    await using other = new Dev(undefined, options, "start:ollama");
    await other.start();
    expect(other.console).toContain("llama3.2, from http://127.0.0.1:9/v1\n");
  });

  it.each(["SIGTERM", "SIGINT"] as const)("leaves no server behind when npm gets a %s", async (signal) => {
    await server.stop(signal);
  });
});
