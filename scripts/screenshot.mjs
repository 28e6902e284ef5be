// Takes the README's picture of the page: starts a server, has a conversation, and opens it in Chromium.
// With --all, writes pictures of desk and phone, light and dark, into a folder: `npm run screenshot -- --all /tmp/pictures`.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import chromium from "@sparticuz/chromium";
import { chromium as playwright } from "playwright-core";

const { values } = parseArgs({ options: { all: { type: "string" } } });
const root = join(import.meta.dirname, "..");
const storage = mkdtempSync(join(tmpdir(), "llamory-screenshot-"));
const port = "8797";
const url = `http://127.0.0.1:${port}`;

const args = ["--env-file=local.env", "node_modules/wrangler/bin/wrangler.js", "dev", "-c", "wrangler.local.toml"];
const server = spawn(
  process.execPath,
  [...args, "--ip", "127.0.0.1", "--port", port, "--persist-to", storage, "--inspector-port", "0"],
  { cwd: root, detached: true, stdio: ["ignore", "pipe", "inherit"] },
);
const stop = () => {
  process.kill(-server.pid, "SIGKILL");
  rmSync(storage, { recursive: true, force: true });
};
// Stops the server also if a step below fails.
process.once("exit", stop);
await new Promise((resolve, reject) => {
  let said = "";
  server.stdout.on("data", (data) => {
    said += data;
    if (said.includes("Ready on")) resolve();
  });
  server.once("exit", () => reject(new Error(said)));
});

const send = async (method, path, body) => {
  const response = await fetch(url + path, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
};

const userId = "ana";
const told = [
  ["The hives", "My hives stand under a lime tree in Lisbon, behind the old school."],
  ["Holidays", "In August we walk along the coast near Sagres, for a week or two."],
];
for (const [title, question] of told) {
  const sessionId = title.toLowerCase().replace(" ", "-");
  await send("POST", "/ask", { sessionId, userId, question });
  await send("PATCH", `/sessions/${sessionId}`, { title });
}
await send("POST", `/users/${userId}/facts`, { text: "Ana keeps bees, and is allergic to nuts." });
const chapters = Array.from({ length: 600 }, (_, at) => ({
  role: at % 2 ? "assistant" : "user",
  content:
    at === 42
      ? "The queen of the blue hive is called Figaro, and she is two years old."
      : `Day ${at}: the weather stayed grey, the bees stayed home, and nobody minded much.`,
  createdAt: new Date(Date.UTC(2026, 2, 1, 5 * at)).toISOString(),
}));
await send("POST", "/sessions/diary/messages", { userId, messages: chapters });
await send("PATCH", "/sessions/diary", { title: "Diary of the hives" });

const browser =
  process.platform === "linux"
    ? await playwright.launch({
        executablePath: await chromium.executablePath(),
        args: chromium.args.filter((arg) => arg !== "--single-process"),
      })
    : await playwright.launch({ channel: "chrome" });

async function picture(path, { width, height, colorScheme }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, deviceScaleFactor: 2 });
  const page = await context.newPage();
  await page.addInitScript((name) => localStorage.setItem("llamory:user", name), userId);
  await page.goto(`${url}/#/diary`);
  await page.fill("#question", "What is the queen of the blue hive called?");
  await page.press("#question", "Enter");
  await page.getByText("You told me:").last().waitFor();
  await page.getByText("Look inside").last().click();
  await page.locator("ol.recalled a").first().waitFor();
  await page.locator(".transcript").evaluate((list) => {
    list.scrollTop = list.scrollHeight;
  });
  await page.screenshot({ path });
  await context.close();
}

try {
  const desk = { width: 1200, height: 760 };
  const phone = { width: 390, height: 780 };
  if (values.all === undefined) {
    await picture(join(root, "docs/page.png"), { ...desk, colorScheme: "light" });
  } else {
    mkdirSync(values.all, { recursive: true });
    for (const colorScheme of ["light", "dark"]) {
      await picture(join(values.all, `desk-${colorScheme}.png`), { ...desk, colorScheme });
      await picture(join(values.all, `phone-${colorScheme}.png`), { ...phone, colorScheme });
    }
  }
} finally {
  await browser.close();
  process.off("exit", stop);
  stop();
}
