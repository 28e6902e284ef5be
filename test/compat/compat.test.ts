import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { version } from "../../package.json";
import { bundleInto, root } from "../e2e/support/bundle";
import { ask, post } from "../e2e/support/http";
import { Workerd } from "../e2e/support/workerd";

const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

/** Returns the tag of the previous release of this major version; undefined for its first release. */
function previousRelease(): string | undefined {
  if (!existsSync(join(root, ".git"))) return undefined;
  const [major] = version.split(".");
  const tags = git("tag", "--list", `v${major}.*`, "--sort=-version:refname").split("\n");
  return tags.find((tag) => tag !== "" && tag !== `v${version}`);
}

/** A commit or tag. `PREVIOUS` names another than the previous release. */
const previous = process.env.PREVIOUS ?? previousRelease();

// The first release of a major version may be incompatible with the one before.
describe.skipIf(previous === undefined)(`a deployment that follows ${previous}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "llamory-previous-"));
  const source = join(folder, "source");
  let old = "";

  beforeAll(async () => {
    git("worktree", "add", "--detach", source, previous ?? "HEAD");
    symlinkSync(join(root, "node_modules"), join(source, "node_modules"));
    symlinkSync(join(root, "dist"), join(source, "dist"));
    old = await bundleInto(join(folder, "bundle"), source);
  });

  afterAll(() => {
    git("worktree", "remove", "--force", source);
    rmSync(folder, { recursive: true });
  });

  it.each([
    ["the new Worker calls old objects", () => ({ bundle: inject("bundle"), objects: old })],
    ["the old Worker calls new objects", () => ({ bundle: old, objects: inject("bundle") })],
  ])("answers, streams, remembers and deletes while %s", async (_, bundles) => {
    await using server = new Workerd({ ...bundles(), ai: { entrypoint: "OfflineModel" } });
    await server.start();
    const { url } = server;
    const read = async (path: string, method = "GET") => {
      const response = await fetch(url + path, { method });
      return { status: response.status, text: await response.text() };
    };
    const asked = { sessionId: "bees", question: "My name is Ana and I keep bees in Lisbon.", userId: "ana" };
    expect((await post(`${url}/ask`, asked)).status).toBe(200);
    expect((await ask(url, "bees", "Where do I keep bees?")).answer).toContain("Lisbon");
    const stream = await post(`${url}/ask`, { sessionId: "bees", question: "What is my name?", stream: true });
    expect(await stream.text()).toMatch(/event: start.*Ana.*event: done/s);

    const message = { role: "user", content: "My hive is called Rosa." };
    expect((await post(`${url}/sessions/bees/messages`, { messages: [message] })).status).toBe(201);
    expect((await read("/sessions/bees/search?q=hive")).text).toContain("Rosa");
    expect((await read("/sessions/bees/messages")).text).toContain("Lisbon");
    expect((await read("/users/ana/sessions")).text).toContain("bees");
    expect((await post(`${url}/users/ana/facts`, { text: "Keeps bees." })).status).toBe(201);
    expect((await read("/users/ana/facts")).text).toContain("Keeps bees.");
    expect((await post(`${url}/sessions/bees/fork`, { sessionId: "copy" })).status).toBe(201);
    expect((await read("/sessions/copy/export")).text).toContain("Rosa");

    expect((await read("/sessions/bees", "DELETE")).status).toBe(200);
    expect((await read("/sessions/bees/messages")).text).not.toContain("Lisbon");
    expect((await read("/users/ana", "DELETE")).status).toBe(200);
    expect((await read("/users/ana/facts")).text).not.toContain("bees");
    expect(server.log).not.toContain("internal_error");
  });
});
