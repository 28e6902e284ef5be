// Replays a model server's recorded reply to the Worker and prints the client's response: npm run play -- FILE
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

const root = join(import.meta.dirname, "..");
const [file] = process.argv.slice(2);
if (file === undefined || !existsSync(file)) {
  console.error("Name a file with a reply, server-sent events or JSON: npm run play -- test/replies/answer/openai.sse");
  process.exit(2);
}
const reply = readFileSync(file);
const isJson = reply.toString().trimStart().startsWith("{");
const requests = JSON.parse(readFileSync(join(root, "test/replies/requests.json"), "utf8"));
// The folder's name selects the request.
const request = requests[basename(dirname(resolve(file)))] ?? requests.default;

const upstream = createServer((asked, response) => {
  asked.resume();
  response.writeHead(200, { "content-type": isJson ? "application/json" : "text/event-stream" }).end(reply);
});
await new Promise((listening) => upstream.listen(0, "127.0.0.1", listening));

const storage = mkdtempSync(join(tmpdir(), "llamory-play-"));
const server = spawn(
  process.execPath,
  [
    ...["scripts/start.mjs", "--env", "openai", "--port", "0", "--inspector-port", "0"],
    ...["--persist-to", storage, "--var", `OPENAI_BASE_URL:http://127.0.0.1:${upstream.address().port}/v1`],
    ...["--var", "MODEL:recorded", "--var", "FALLBACK_MODEL:"],
  ],
  { cwd: root, detached: true, stdio: ["ignore", "pipe", "inherit"] },
);

/** Resolves with the Worker's address when it is ready. */
const ready = new Promise((found, failed) => {
  let output = "";
  server.stdout.on("data", (data) => {
    output += data;
    const [, url] = /Ready on (http:\S+)/.exec(output) ?? [];
    if (url) found(url);
  });
  server.once("exit", () => failed(new Error(`The Worker did not start:\n${output}`)));
});

async function print(title, url, body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  const isEvents = response.headers.get("content-type")?.includes("event-stream");
  console.log(`\n## ${title}: ${response.status}\n`);
  console.log(isEvents ? text.trim() : JSON.stringify(JSON.parse(text), null, 2));
}

try {
  const url = await ready;
  const question = request.messages.at(-1).content;
  if (isJson) await print("POST /v1/chat/completions", `${url}/v1/chat/completions`, request);
  await print("POST /v1/chat/completions, streamed", `${url}/v1/chat/completions`, { ...request, stream: true });
  await print("POST /ask, streamed", `${url}/ask`, { sessionId: "play", question, stream: true });
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
} finally {
  server.removeAllListeners("exit");
  try {
    process.kill(-server.pid, "SIGKILL");
  } catch {
    // The process has already ended.
  }
  upstream.close();
  upstream.closeAllConnections();
  rmSync(storage, { recursive: true, force: true });
}
