// Runs Llamory on this machine with `wrangler dev`. Passes its arguments on to wrangler, for example `--port 9000`.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "..");
const given = process.argv.slice(2);
const { values } = parseArgs({
  args: given,
  strict: false,
  options: {
    config: { type: "string", short: "c" },
    env: { type: "string", short: "e" },
    help: { type: "boolean", short: "h" },
    "inspector-port": { type: "string" },
    ip: { type: "string" },
    "persist-to": { type: "string" },
    port: { type: "string" },
    var: { type: "string", multiple: true, default: [] },
  },
});
const folder = resolve(root, values["persist-to"] ?? ".wrangler/state");

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (!existsSync(join(root, "node_modules/wrangler")) || !existsSync(join(root, "dist/page"))) {
  fail("Llamory is not installed. Run npm ci first");
}
// npm takes options without `--` before them for its own, and tells scripts so.
if (["port", "var", "ip", "persist_to"].some((option) => `npm_config_${option}` in process.env)) {
  fail("Write -- before the options: npm start -- --port 9000");
}
// Wrangler ignores a setting without a colon.
const malformed = values.var.find((setting) => !/^\w+:/.test(setting));
if (malformed !== undefined) fail(`Write a setting as NAME:value, for example --var TIME_ZONE:UTC, not ${malformed}`);
for (const option of ["port", "inspector-port"]) {
  const port = values[option];
  // Wrangler prints its help and a stack.
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536))
    fail(`Write --${option} with a number from 0 to 65535, for example --${option} 9000`);
}

/**
 * Locks the data until this process ends, however it ends. Two servers on the same data would neither see one another's
 * messages nor one another's deletions.
 */
async function lock() {
  // Node 24 warns that its SQLite is experimental.
  process.removeAllListeners("warning");
  const { DatabaseSync } = await import("node:sqlite");
  try {
    mkdirSync(folder, { recursive: true });
    const file = new DatabaseSync(join(folder, "lock"));
    file.exec("BEGIN EXCLUSIVE");
    return file;
  } catch (error) {
    // SQLITE_BUSY: https://www.sqlite.org/rescode.html
    if (error.errcode !== 5) fail(`The data in ${folder} cannot be used: ${error.message}`);
    fail(`Another server uses the data in ${folder}
Use that server, stop it, or store this one's data in another folder: npm start -- --port 9000 --persist-to FOLDER`);
  }
}
const isHelp = values.help === true;
// Wrangler's help needs no data. A variable, because a collected database would give up its lock.
const locked = isHelp ? undefined : await lock();

const settings = new Map(values.var.map((setting) => [setting.split(":", 1)[0], setting.replace(/^\w+:/, "")]));
/** Returns the address of the model server. Wrangler prints it only if it is the configuration's. */
const modelServer = (output) =>
  settings.get("OPENAI_BASE_URL") ?? /OPENAI_BASE_URL \("(.+?)"\)/.exec(output)?.[1] ?? "OPENAI_BASE_URL";
const MODELS = {
  openai: (model, output) => `${model}, from ${modelServer(output)}`,
  cloudflare: (model) => `${model}, from Workers AI`,
};
const standIn = (model) =>
  `${model}, a stand-in that quotes sentences of its prompt. Run a real one with npm run start:ollama`;

const config = values.config === undefined ? ["--config", "wrangler.local.toml"] : [];
const ip = values.ip === undefined ? ["--ip", "127.0.0.1"] : [];
const wrangler = ["--env-file=local.env", "node_modules/wrangler/bin/wrangler.js", "dev"];
const server = spawn(process.execPath, [...wrangler, ...config, ...ip, ...given], {
  cwd: root,
  stdio: ["ignore", "pipe", "pipe"],
});

/** The console until the server is ready. It is printed only if the server does not start. */
let before = "";
let isReady = isHelp;

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
  const data = values["persist-to"] === undefined ? relative(root, folder) : folder;
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
  locked?.close();
  if (!isReady) process.stderr.write(before);
  process.exitCode ||= isReady ? 0 : (code ?? 1);
});
