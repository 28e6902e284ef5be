// Makes the README's picture of the page: starts its own server with a model of prepared answers, has a conversation and
// takes a screenshot in Chromium.
// With --all, writes pictures of all states into a folder, for desktop and phone, light and dark:
// `npm run screenshot -- --all /tmp/pictures`.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import chromium from "@sparticuz/chromium";
import { chromium as playwright } from "playwright-core";
import { fillServer, userId } from "./screenshot/conversations.mjs";
import { startModel } from "./screenshot/model.mjs";
import { STATES } from "./screenshot/states.mjs";

const { values } = parseArgs({ options: { all: { type: "string" } } });
const root = join(import.meta.dirname, "..");
const storage = mkdtempSync(join(tmpdir(), "llamory-screenshot-"));
// A port of its own, so that it never talks to another server.
const port = String(20_000 + (process.pid % 10_000));
const url = `http://127.0.0.1:${port}`;

const model = await startModel();
/** The context is small, so that the question needs recall. */
const SETTINGS = {
  OPENAI_BASE_URL: model.url,
  MODEL: "@cf/meta/llama-3.1-8b-instruct-fast",
  CONTEXT_TOKENS: "3072",
  REPLY_TOKENS: "512",
  RECALL_TOKENS: "600",
  USER_TIMEOUT_MS: "5000",
};
const vars = Object.entries(SETTINGS).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
const place = ["--port", port, "--persist-to", storage, "--inspector-port", "0"];
const server = spawn(process.execPath, ["scripts/start.mjs", "--env", "openai", ...place, ...vars], {
  cwd: root,
  detached: true,
  stdio: ["ignore", "pipe", "inherit"],
});
const stop = () => {
  process.kill(-server.pid, "SIGKILL");
  model.stop();
  rmSync(storage, { recursive: true, force: true });
};
// Stops the server even if anything below fails.
process.once("exit", stop);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
await new Promise((resolve, reject) => {
  let output = "";
  server.stdout.on("data", (data) => {
    output += data;
    if (output.includes("Ready on")) resolve();
  });
  server.once("exit", () => reject(new Error(output)));
});

await fillServer(url);

const browser =
  process.platform === "linux"
    ? await playwright.launch({
        executablePath: await chromium.executablePath(),
        args: chromium.args.filter((arg) => arg !== "--single-process"),
      })
    : await playwright.launch({ channel: "chrome" });

async function picture(path, { hash, act }, { width, height, colorScheme, isMobile = false }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    deviceScaleFactor: 2,
    isMobile,
    hasTouch: isMobile,
  });
  const page = await context.newPage();
  await page.addInitScript((name) => localStorage.setItem("llamory:user", name), userId);
  await page.goto(`${url}/${hash}`);
  await page.waitForSelector("#question");
  await act(page);
  await page.screenshot({ path });
  await context.close();
}

try {
  const desk = { width: 1200, height: 880 };
  const phone = { width: 390, height: 780, isMobile: true };
  if (values.all === undefined) {
    await picture(join(root, "docs/page.png"), STATES.details, { ...desk, colorScheme: "light" });
  } else {
    mkdirSync(values.all, { recursive: true });
    for (const [name, state] of Object.entries(STATES)) {
      for (const colorScheme of ["light", "dark"]) {
        await picture(join(values.all, `${name}-desk-${colorScheme}.png`), state, { ...desk, colorScheme });
        await picture(join(values.all, `${name}-phone-${colorScheme}.png`), state, { ...phone, colorScheme });
      }
    }
  }
} finally {
  await browser.close();
  process.off("exit", stop);
  stop();
}
