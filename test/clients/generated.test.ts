import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { serverOf, TOKEN } from "./model";

const here = import.meta.dirname;
const root = join(here, "../..");
const document = join(root, "openapi.json");
/** Prints the answer. Fails to compile if the generated client has no type for it. */
const PRINT = `
      // @ts-expect-error
      const typed: number = answer;
      console.log(answer satisfies string);`;
const HEADERS = `{ authorization: "Bearer ${TOKEN}" }`;
const QUESTION = `{ sessionId: "a", question: "Hello" }`;

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
        // openapi-zod-client writes schemas of zod 3.
        paths: { zod: [join(here, "node_modules/zod/v3/index.d.ts")] },
      },
      include: ["."],
    }),
  );
  await exec(join(root, "node_modules/.bin/tsc"), ["-p", folder], folder);
  const bundle = join(folder, "main.mjs");
  const options = ["--bundle", "--packages=external", "--alias:zod=zod/v3", "--format=esm", `--outfile=${bundle}`];
  await exec(join(root, "node_modules/.bin/esbuild"), ["main.ts", ...options], folder);
  return exec(process.execPath, [bundle], folder);
}

interface Generator {
  /** The path of its command in node_modules. */
  command: string;
  args: string[];
  /** Returns a program that asks a question and declares `answer`. */
  program(url: string): string;
}

const GENERATORS: Record<string, Generator> = {
  "openapi-typescript with openapi-fetch": {
    command: "openapi-typescript/bin/cli.js",
    args: [document, "-o", "api.d.ts"],
    program: (url) => `
      import createClient from "openapi-fetch";
      import type { paths } from "./api";
      const client = createClient<paths>({ baseUrl: "${url}", headers: ${HEADERS} });
      const { data, error } = await client.POST("/ask", { body: ${QUESTION} });
      if (error) throw new Error(error.detail);
      // A streamed answer is text.
      if (typeof data === "string") throw new Error("a stream");
      const { answer } = data;`,
  },
  "@hey-api/openapi-ts": {
    command: "@hey-api/openapi-ts/bin/run.js",
    args: ["-i", document, "-o", "api", "-c", "@hey-api/client-fetch"],
    program: (url) => `
      import { client } from "./api/client.gen";
      import { ask } from "./api";
      client.setConfig({ baseUrl: "${url}", headers: ${HEADERS} });
      const { data, error } = await ask({ body: ${QUESTION} });
      if (error) throw new Error(error.detail);
      const { answer } = data;`,
  },
  orval: {
    command: "orval/dist/bin/orval.mjs",
    args: ["--input", document, "--output", "api.ts", "--client", "fetch"],
    // Its functions request paths, so that the application chooses the server.
    program: (url) => `
      import { ask } from "./api";
      const send = globalThis.fetch;
      globalThis.fetch = (path, init) => send("${url}" + path, init);
      const { data, status } = await ask(${QUESTION}, { headers: ${HEADERS} });
      if (status !== 200) throw new Error(data.detail);
      if (typeof data === "string") throw new Error("a stream");
      const { answer } = data;`,
  },
  "swagger-typescript-api": {
    command: "swagger-typescript-api/dist/cli.mjs",
    args: ["generate", "-p", document, "-o", ".", "-n", "api.ts"],
    program: (url) => `
      import { Api } from "./api";
      const api = new Api({ baseUrl: "${url}", securityWorker: () => ({ headers: ${HEADERS} }) });
      const { data, error } = await api.ask.ask(${QUESTION});
      if (error) throw new Error(error.detail);
      const { answer } = data;`,
  },
  "openapi-zod-client": {
    command: "openapi-zod-client/bin.js",
    args: [document, "-o", "api.ts"],
    program: (url) => `
      import { createApiClient } from "./api";
      const api = createApiClient("${url}", { axiosConfig: { headers: ${HEADERS} } });
      const { answer } = await api.ask(${QUESTION});`,
  },
};

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

  it.each(Object.entries(GENERATORS))("%s", async (_name, { command, args, program }) => {
    const into = mkdtempSync(join(folder, "client-"));
    await exec(process.execPath, [join(here, "node_modules", command), ...args], into);
    expect(await compiled(into, program(server.url) + PRINT)).toContain("You said: Hello");
  });
});
