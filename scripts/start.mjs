// Runs Llamory on this machine with `wrangler dev`. Passes its arguments on to wrangler, for example `--port 9000`.
import { spawn } from "node:child_process";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "..");
const given = process.argv.slice(2);
const { values } = parseArgs({
  args: given,
  strict: false,
  options: { config: { type: "string", short: "c" }, env: { type: "string" }, "persist-to": { type: "string" } },
});

const MODELS = {
  openai: (model, output) => `${model}, from ${/OPENAI_BASE_URL \("(.+?)"\)/.exec(output)?.[1] ?? "OPENAI_BASE_URL"}`,
  cloudflare: (model) => `${model}, from Workers AI`,
};
const standIn = (model) =>
  `${model}, a stand-in that quotes sentences of its prompt. Run a real one with npm run start:ollama`;

const config = values.config === undefined ? ["--config", "wrangler.local.toml"] : [];
const wrangler = ["--env-file=local.env", "node_modules/wrangler/bin/wrangler.js", "dev"];
const server = spawn(process.execPath, [...wrangler, ...config, "--ip", "127.0.0.1", ...given], {
  cwd: root,
  stdio: ["ignore", "pipe", "pipe"],
});

/** The console until the server is ready. It is printed only if the server does not start. */
let before = "";
let isReady = false;

async function greet(url) {
  const health = await fetch(`${url}/health`);
  const { model, version, detail } = await health.json();
  isReady = true;
  if (!health.ok) {
    console.error(detail);
    process.exitCode = 1;
    server.kill();
    return;
  }
  const data = relative(root, values["persist-to"] ?? join(root, ".wrangler/state"));
  console.log(`Llamory ${version}. Ready on ${url}
  Model  ${(MODELS[values.env] ?? standIn)(model, before)}
  Data   ${data} (delete the folder to delete all memory)
  Stop   Ctrl+C`);
}

for (const output of ["stdout", "stderr"]) {
  createInterface({ input: server[output] }).on("line", (line) => {
    const [, url] = /Ready on (https?:\S+)/.exec(line) ?? [];
    if (isReady) {
      // The Worker's own line about a request says more than wrangler's.
      if (!line.startsWith("[wrangler:info]")) process[output].write(`${line}\n`);
    } else if (url === undefined) before += `${line}\n`;
    else greet(url).catch(() => server.kill());
  });
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  // A terminal sends Ctrl+C to wrangler, too.
  process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : server.kill(signal)));
}
server.on("close", (code) => {
  if (!isReady) process.stderr.write(before);
  process.exitCode ||= isReady ? 0 : (code ?? 1);
});
