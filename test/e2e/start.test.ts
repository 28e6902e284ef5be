import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { root } from "./support/bundle";
import { Dev } from "./support/dev";
import { ask } from "./support/http";

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

  it.each(["SIGTERM", "SIGINT"] as const)("leaves no server behind when npm gets a %s", async (signal) => {
    await server.stop(signal);
  });
});
