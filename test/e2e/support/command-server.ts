/** A server and a folder for tests of the command. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { root } from "./bundle";
import { buildCommand, llamory, type Ran } from "./command";
import { post } from "./http";
import { Workerd } from "./workerd";

export const SAMPLES = join(root, "test/converters/samples");

/** Starts a server for all tests of a file. */
export function commandServer() {
  const folder = mkdtempSync(join(tmpdir(), "llamory-cli-"));
  let server: Workerd;
  beforeAll(async () => {
    buildCommand();
    server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" } });
    await server.start();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    get url() {
      return server.url;
    },
    run: (args: string[], stdin?: string) => llamory(args, { url: server.url, stdin }),
    /** Writes a file. @returns its path */
    file(name: string, content: string | Uint8Array): string {
      const path = join(folder, `${crypto.randomUUID()}-${name}`);
      writeFileSync(path, content);
      return path;
    },
    /** Stores a session of a user, who has a fact, and waits until the user lists the session. @returns their ids */
    async remembered() {
      const [session, user] = [freshId(), freshId()];
      await this.run(["ask", "My name is Ana and I keep bees.", "-s", session, "-u", user]);
      await post(`${server.url}/users/${user}/facts`, { text: "Keeps bees." });
      const listed = async () => (await this.run(["sessions", "-u", user])).out;
      await expect.poll(listed, { timeout: 30_000 }).toContain(session);
      return { session, user };
    },
    /** Returns the transcript of a session, oldest first, as `role: content`. */
    async transcript(session: string): Promise<string[]> {
      const response = await fetch(`${server.url}/sessions/${encodeURIComponent(session)}/messages?limit=1000`);
      const { data } = (await response.json()) as { data: { role: string; content: string }[] };
      return data.reverse().map(({ role, content }) => `${role}: ${content}`);
    },
  };
}

export const freshId = () => `c-${crypto.randomUUID()}`;

/** Expects a failure with one sentence on stderr. */
export function expectFailure({ code, out, err }: Ran, exitCode: number, sentence: RegExp): void {
  expect(err).toMatch(/^llamory: [^\n]+\n$/);
  expect(err).toMatch(sentence);
  expect(err).not.toMatch(/\bat \S+:\d+|node:internal|TypeError/);
  expect(out).toBe("");
  expect(code).toBe(exitCode);
}
