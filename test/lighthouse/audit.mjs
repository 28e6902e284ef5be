// Audits the page with Lighthouse as phone and desktop, in the Chromium of the tests, against a server that it starts.
// Prints the scores and the failed audits. Fails if a score is below its limit.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lighthouse, { desktopConfig } from "lighthouse";
import { launch } from "../e2e/support/browser.ts";

const root = join(import.meta.dirname, "../..");
const LIMITS = { performance: 0.98, accessibility: 1, "best-practices": 1, seo: 1 };
/** The load of the machine changes the performance, so the median of these runs counts. */
const RUNS = 3;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

async function startServer(storage, port) {
  const args = ["scripts/start.mjs", "--port", String(port), "--persist-to", storage, "--inspector-port", "0"];
  const server = spawn(process.execPath, args, { cwd: root, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  for await (const data of server.stdout.iterator({ destroyOnReturn: false })) {
    output += data;
    if (output.includes("Ctrl+C")) break;
  }
  server.stdout.resume();
  return server;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Returns the median score of each category, and the titles of audits that failed in any run. */
async function audit(url, port, config) {
  const scores = {};
  const failed = new Set();
  for (let run = 0; run < RUNS; run += 1) {
    const { lhr } = await lighthouse(url, { port, logLevel: "error", onlyCategories: Object.keys(LIMITS) }, config);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    for (const [name, { score, auditRefs }] of Object.entries(lhr.categories)) {
      scores[name] = [...(scores[name] ?? []), score];
      for (const { id, weight } of auditRefs) {
        const { score, title, displayValue = "" } = lhr.audits[id];
        if (weight > 0 && score !== null && score < 0.9) failed.add(`${name}: ${title} ${displayValue}`);
      }
    }
  }
  return { scores: Object.entries(scores).map(([name, all]) => [name, median(all)]), failed };
}

const storage = mkdtempSync(join(tmpdir(), "llamory-lighthouse-"));
const [serverPort, debugPort] = [await freePort(), await freePort()];
const server = await startServer(storage, serverPort);
const browser = await launch([`--remote-debugging-port=${debugPort}`]);
try {
  for (const [name, config] of [
    ["phone", undefined],
    ["desktop", desktopConfig],
  ]) {
    const { scores, failed } = await audit(`http://127.0.0.1:${serverPort}/`, debugPort, config);
    console.log(`${name}: ${scores.map(([category, score]) => `${category} ${Math.round(100 * score)}`).join(", ")}`);
    for (const title of failed) console.log(`  ${title}`);
    if (scores.some(([category, score]) => score < LIMITS[category])) process.exitCode = 1;
  }
} finally {
  await browser.close();
  process.kill(-server.pid, "SIGKILL");
  rmSync(storage, { recursive: true, force: true });
}
