import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { serverOf, TOKEN } from "./model";

const here = import.meta.dirname;
const root = join(here, "../..");
const document = join(root, "openapi.json");

/** Runs a command asynchronously, because the model's server runs in this process. */
async function exec(command: string, args: string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd }).catch((error) => {
    throw new Error(`${error.stderr}${error.stdout}`, { cause: error });
  });
  return stdout;
}

/** Checks a program's types and runs it. @returns its output */
async function compiled(folder: string, program: string): Promise<string> {
  writeFileSync(join(folder, "main.ts"), program);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        ...{ target: "es2024", module: "esnext", moduleResolution: "bundler", strict: true, skipLibCheck: true },
        ...{ lib: ["es2024", "dom", "dom.iterable"], types: ["node"], noEmit: true },
      },
      include: ["."],
    }),
  );
  await exec(join(root, "node_modules/.bin/tsc"), ["-p", folder], folder);
  const bundle = join(folder, "main.mjs");
  const options = ["--bundle", "--format=esm", "--platform=node", `--outfile=${bundle}`];
  await exec(join(root, "node_modules/.bin/esbuild"), ["main.ts", ...options], folder);
  return exec(process.execPath, [bundle], folder);
}

describe("a client that is generated from openapi.json compiles, and asks:", () => {
  let server: Awaited<ReturnType<typeof serverOf>>;
  let folder: string;
  beforeAll(async () => {
    server = await serverOf("Workers AI", inject("bundle"));
    folder = mkdtempSync(join(here, "generated-"));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await server.stop();
  });

  it("openapi-typescript with openapi-fetch", async () => {
    const into = mkdtempSync(join(folder, "a-"));
    const generator = join(here, "node_modules/openapi-typescript/bin/cli.js");
    await exec(process.execPath, [generator, document, "-o", join(into, "api.d.ts")], into);
    const printed = await compiled(
      into,
      `import createClient from "openapi-fetch";
       import type { paths } from "./api";
       const client = createClient<paths>({ baseUrl: "${server.url}", headers: { authorization: "Bearer ${TOKEN}" } });
       const { data, error } = await client.POST("/ask", { body: { sessionId: "a", question: "Hello" } });
       if (error) throw new Error(error.detail);
       // A streamed answer is text.
       if (typeof data === "string") throw new Error("a stream");
       const answer: string = data.answer;
       console.log(answer);`,
    );
    expect(printed).toContain("You said: Hello");
  });

  it("@hey-api/openapi-ts", async () => {
    const into = mkdtempSync(join(folder, "b-"));
    const generator = join(here, "node_modules/@hey-api/openapi-ts/bin/run.js");
    const args = [generator, "-i", document, "-o", join(into, "api"), "-c", "@hey-api/client-fetch"];
    await exec(process.execPath, args, into);
    const printed = await compiled(
      into,
      `import { client } from "./api/client.gen";
       import { ask } from "./api";
       client.setConfig({ baseUrl: "${server.url}", headers: { authorization: "Bearer ${TOKEN}" } });
       const { data, error } = await ask({ body: { sessionId: "b", question: "Hello" } });
       if (error) throw new Error(error.detail);
       const answer: string = data.answer;
       console.log(answer);`,
    );
    expect(printed).toContain("You said: Hello");
  });
});
