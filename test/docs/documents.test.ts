/** Runs every command and program of the documents as written, and compares the output with the block after it. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../e2e/support/bundle";
import { Dev } from "../e2e/support/dev";
import { type Block, commandsOf, documents } from "../e2e/support/documents";

/** The folder for the files that a new user's commands create. */
const folder = mkdtempSync(join(tmpdir(), "llamory-docs-"));
/** The app that installs the client, beside a clone. */
const app = join(folder, "app");
const ci = readFileSync(join(root, ".ci/run"), "utf8");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
/** The server of `npm start`. It receives the documents' requests in order. */
const server = new Dev();

/** The exports that the documents import, under the names that their products give them. */
const histories = join(folder, "histories");
const samples = join(root, "test/converters/samples");
const NAMES = {
  "conversations.json": "conversations.json",
  "chatgpt-export.zip": "conversations.json",
  "claude-export.zip": "claude.json",
  "chat-export.json": "open-webui.json",
  "conversation.json": "librechat.json",
  "WhatsApp Chat with Bo.txt": "whatsapp-android.txt",
  "slack-export.zip": "slack",
  "result.json": "result.json",
  "training.jsonl": "openai.jsonl",
  "history.json": "langchain.json",
};

beforeAll(() => {
  mkdirSync(app);
  mkdirSync(histories);
  for (const [name, sample] of Object.entries(NAMES))
    cpSync(join(samples, sample), join(histories, name), { recursive: true });
  symlinkSync(root, join(folder, "llamory"));
  writeFileSync(join(app, "package.json"), JSON.stringify({ type: "module", private: true }));
  return server.start();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Runs a command in a shell. @returns its output; an error contains the output of a failure */
function shell(command: string, cwd: string, env: Record<string, string> = {}): string {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${command}\n${stdout}\n${stderr}`);
  return stdout;
}

/** Runs `npm start` or `npm run start:…` with its arguments until the block ends. */
async function start(command: string, servers: AsyncDisposableStack): Promise<string> {
  const [, script = "start", rest = ""] = /npm (?:run )?(start[\w:]*)(?: -- (.*))?$/.exec(command) ?? [];
  // The shell expands `$(…)`.
  const words = rest && shell(`printf '%s\\n' ${rest}`, folder).trim().split("\n");
  // Each server of the test has its own port.
  const more = [...words].filter((word, at) => word !== "--port" && words[at - 1] !== "--port");
  const dev = servers.use(new Dev(undefined, more, script));
  await dev.start();
  expect((await fetch(`${dev.url}/health`)).status).toBe(200);
  return dev.url;
}

/** Runs the commands of a block. @returns everything that they printed */
async function run(block: Block): Promise<string> {
  await using servers = new AsyncDisposableStack();
  let url = server.url;
  let printed = "";
  for (const command of commandsOf(block)) {
    if (/^curl /.test(command)) {
      const to = command.replace(/http:\/\/127\.0\.0\.1:8787|https:\/\/llamory\.<your-subdomain>\.workers\.dev/, url);
      printed += shell(to.replace("curl", "curl --fail-with-body"), folder, { TOKEN: "my-token" });
    } else if (command === "npm ci && npm start") {
      // The test's server is already running, and CI begins with `npm ci`.
    } else if (/^npm run start:cloudflare$/.test(command)) {
      // Running it needs an account: only builds the Worker.
      shell("npx wrangler deploy --dry-run -c wrangler.local.toml --env cloudflare", root);
    } else if (/^(?:ollama pull \S+ && )?npm (?:run )?start/.test(command)) {
      url = await start(command, servers);
    } else if (/^npm run deploy/.test(command)) {
      const [script = "", options = ""] = command.split(" -- ");
      const own = options.replace(/--secrets-file \S+|--dry-run/, "");
      expect(shell(`${script} -- --dry-run ${own}`, root)).toContain("env.CHAT_DO (ChatDO)");
    } else if (/^npx wrangler /.test(command)) {
      // Running it needs an account: only checks that wrangler has the command and its options.
      expect(shell(`${command} --help`, root)).toContain(command.match(/wrangler \w+/)?.[0]);
    } else if (/^npm install hono /.test(command)) {
      // Installs from the folders that `npm ci` filled, so nothing is downloaded twice.
      const hono = join(root, "node_modules/hono");
      shell(`${command.replace("hono", hono)} --offline --ignore-scripts --no-audit --no-fund`, app);
      rmSync(join(app, "node_modules/openai"), { force: true });
      symlinkSync(join(root, "node_modules/openai"), join(app, "node_modules/openai"));
    } else if (/^llamory /.test(command)) {
      shell(
        command.replace("llamory", `LLAMORY_URL=${url} '${process.execPath}' '${join(root, "dist/cli.js")}'`),
        // Other commands of the block read the file that an export writes.
        command.includes(".ndjson") ? folder : histories,
      );
    } else if (/^export LLAMORY_/.test(command)) {
      // The test names its server itself.
    } else if (command === "npm install --global .") {
      const prefix = join(folder, "global");
      shell(`npm install --global --prefix '${prefix}' --offline --ignore-scripts --no-audit --no-fund .`, root);
      expect(shell(`'${join(prefix, "bin/llamory")}' --help`, folder)).toContain("llamory COMMAND");
    } else if (/^cd \.wrangler\//.test(command)) {
      // Renames the folders of a local server of version 2.0.0.
      const state = join(folder, ".wrangler/state/v3/do");
      mkdirSync(join(state, "llamory-ChatDO"), { recursive: true });
      shell(command, folder);
      expect(readdirSync(state)).toEqual(["llamory-local-ChatDO"]);
    } else if (command === "npm run bench:recall") {
      // CI runs it: it takes a minute.
      expect(ci).toContain("npm run bench:recall");
    } else if (/^echo /.test(command)) {
      shell(command, folder);
    } else if (/^npm run scale -- /.test(command)) {
      expect(shell(command.replace("-- ", `-- ${folder}/`), root)).toContain("$327.00");
    } else if (/^npm run token -- --secrets /.test(command)) {
      const file = join(mkdtempSync(join(folder, "secrets-")), "secrets.json");
      expect(shell(command.replace("secrets.json", file), root)).toMatch(/llamory_[\w-]{43}/);
      const secrets = {
        API_TOKENS: expect.stringMatching(/^[0-9a-f]{64}$/),
        SESSION_KEY: expect.stringMatching(/.{44}/),
      };
      expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(secrets);
    } else if (/^npm run token/.test(command)) {
      expect(shell(command, root)).toMatch(/llamory_[\w-]{43}[\s\S]*[0-9a-f]{64}/);
    } else if (/^npm (?:ci|test)\b|^npm run check$/.test(command)) {
      // CI runs these commands, and `npm test` runs the checks.
      expect(ci).toMatch(/^npm ci\n[\s\S]*^npm test /m);
      expect(scripts.test).toMatch(/^npm run check /);
    } else if (/^npx vitest run /.test(command)) {
      expect(shell(command.replace("vitest run", "vitest list --filesOnly"), root)).toContain(
        command.split(" ").at(-1),
      );
    } else if (command === "npm run format") {
      expect(shell("npx biome check .", root)).toContain("No fixes applied");
    } else {
      throw new Error(`Nothing here runs ${command}`);
    }
  }
  return printed;
}

/** Returns a pattern for a line of expected output; `…` matches any text. */
const pattern = (line: string) =>
  new RegExp(
    `^${line
      .replace(/[0-9a-f]{4,}-?…/g, "…")
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replaceAll("…", ".*")}$`,
  );
const linesOf = (text: string) => text.split("\n").filter((line) => line.trim() !== "");

const blocksIn = (language: string) =>
  documents
    .map(({ path, blocks }) => ({ path, blocks: blocks.filter((block) => block.language === language) }))
    .filter(({ blocks }) => blocks.length > 0);

it.each(blocksIn("sh"))("$path: commands print what it says", async ({ blocks }) => {
  for (const block of blocks) {
    const printed = linesOf(await run(block));
    if (block.output === undefined) continue;
    const expected = linesOf(block.output);
    expect(printed, block.text).toHaveLength(expected.length);
    for (const [at, line] of expected.entries()) expect(printed[at]).toMatch(pattern(line));
  }
});

// Runs after all commands, because one of them installs the client.
// CONTRIBUTING.md shows parts of the source instead of programs.
const programs = blocksIn("ts").filter(({ path }) => path !== "CONTRIBUTING.md");
it.each(programs)("$path: programs compile and run", ({ path, blocks }) => {
  const names = blocks.map(({ text }, at) => {
    const name = `${path.replace(/\W/g, "-")}-${at}.ts`;
    writeFileSync(join(app, name), text.replaceAll("http://127.0.0.1:8787", server.url));
    return name;
  });
  const compilerOptions = {
    target: "es2024",
    module: "nodenext",
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
  };
  writeFileSync(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, files: names }));
  shell(join(root, "node_modules/.bin/tsc"), app);
  for (const name of names) execFileSync(process.execPath, [name], { cwd: app, stdio: "pipe" });
});

it.each(blocksIn("toml"))("$path: configurations replace the migrations that they name", ({ blocks }) => {
  for (const { text } of blocks) {
    const [tag] = /tag = "\w+"/.exec(text) ?? [];
    for (const file of ["wrangler.toml", "wrangler.upgrade.toml"]) {
      const [kept = ""] = readFileSync(join(root, file), "utf8").split(`[[migrations]]\n${tag}`);
      // wrangler resolves paths of a configuration from its folder.
      const config = join(root, `.docs-${file}`);
      writeFileSync(config, kept + text);
      try {
        expect(shell(`npx wrangler deploy --dry-run -c ${config}`, root)).toContain("env.TENANT_DO (TenantDO)");
      } finally {
        rmSync(config);
      }
    }
  }
});

it("commands within sentences are those of blocks and of CI, or known to wrangler", () => {
  const run = new Set(blocksIn("sh").flatMap(({ blocks }) => blocks.flatMap(commandsOf)));
  // CONTRIBUTING.md also names the benchmarks and slow suites.
  const forUsers = documents.filter(({ path }) => /^(?:README|docs\/.*)\.md$/.test(path));
  const named = forUsers.flatMap(({ codes }) => codes.filter((code) => /^np[mx] /.test(code)));
  for (const command of new Set(named)) {
    if (command.startsWith("npx wrangler ")) shell(`${command} --help`, root);
    else if (/^npm run (?:rename|bench:recall) -- /.test(command))
      continue; // test/e2e/rename.test.ts; takes a folder of data
    else
      expect(
        [...run, ci].some((known) => known.includes(command)),
        command,
      ).toBe(true);
  }
});

it("there is no other code but diagrams, and the tree of ARCHITECTURE.md", () => {
  const others = documents.flatMap(({ path, blocks }) =>
    blocks.filter(({ language }) => !["mermaid", "sh", "toml", "ts"].includes(language)).map(() => path),
  );
  expect(others).toEqual(["ARCHITECTURE.md"]);
});
