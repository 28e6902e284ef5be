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
import { startModel } from "./screenshot/model.mjs";
import { FIRST, history, QUESTION } from "./screenshot/story.mjs";

const { values } = parseArgs({ options: { all: { type: "string" } } });
const root = join(import.meta.dirname, "..");
const storage = mkdtempSync(join(tmpdir(), "llamory-screenshot-"));
const port = "8797";
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
await new Promise((resolve, reject) => {
  let output = "";
  server.stdout.on("data", (data) => {
    output += data;
    if (output.includes("Ready on")) resolve();
  });
  server.once("exit", () => reject(new Error(output)));
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
const conversations = [
  ["Holidays", "In August we walk along the coast near Sagres, for a week or two."],
  ["Bread with honey", "My sourdough needs less water when I use honey from the lime tree."],
];
for (const [title, question] of conversations) {
  const sessionId = title.toLowerCase().replaceAll(" ", "-");
  await send("POST", "/ask", { sessionId, userId, question });
  await send("PATCH", `/sessions/${sessionId}`, { title });
}
await send("POST", `/users/${userId}/facts`, { text: "Ana keeps three hives in Lisbon." });
await send("POST", `/users/${userId}/facts`, { text: "Is allergic to nuts.", pinned: true });
await send("POST", "/sessions/diary/messages", { userId, messages: history(200) });
await send("PATCH", "/sessions/diary", { title: "The hives" });
await send("POST", "/ask", { sessionId: "diary", userId, question: FIRST });
const MARKDOWN = [
  "# Feeding\n\nSugar water, **2 : 1** by weight, see [the guide](https://example.com).\n\n- warm it\n- stir it\n\n> Never feed honey of strangers.",
  "| month | sugar (kg) | water (l) |\n| :-- | --: | :-: |\n| September | 3.5 | 1.75 |\n| October, if the weather stays mild | 1 | 0.5 |",
  '```ts\n// Sugar for the winter, in kilograms.\nexport function sugarFor(hives: number): number {\n  return hives * 3.5 + Number("0.5");\n}\n```',
  "The area of a frame is $a = w \\cdot h$, and of all of them\n\n$$A = \\sum_{i=1}^{n} w_i h_i \\le \\frac{3}{4} \\sqrt{2}$$\n\nUse `&lt;` in HTML. שלום עולם, these words are read from the right.",
].join("\n\n");
await send("POST", "/sessions/markdown/messages", {
  userId,
  messages: [
    { role: "user", content: "How do I feed my bees?" },
    { role: "assistant", content: MARKDOWN },
  ],
});
await send("PATCH", "/sessions/markdown", { title: "Feeding the bees" });

const browser =
  process.platform === "linux"
    ? await playwright.launch({
        executablePath: await chromium.executablePath(),
        args: chromium.args.filter((arg) => arg !== "--single-process"),
      })
    : await playwright.launch({ channel: "chrome" });

/** The states of the page: the hash of the URL, and the visitor's actions. */
const STATES = {
  empty: { hash: "", act: (page) => page.getByText("Start talking.").waitFor() },
  details: {
    hash: "#/diary",
    act: async (page) => {
      await page.fill("#question", QUESTION);
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.getByText("almost three years old").last().waitFor();
      await page.getByRole("button", { name: "Stop", exact: true }).waitFor({ state: "hidden" });
      await page
        .getByRole("button", { name: /^Details/ })
        .last()
        .click();
      await page.locator(".message-links a").first().waitFor();
      await page
        .locator("article")
        .nth(-2)
        .evaluate((answer) => answer.scrollIntoView());
    },
  },
  markdown: {
    hash: "#/markdown/2",
    act: async (page) => {
      await page.locator("math").first().waitFor();
      await page.locator(".code-kwd").first().waitFor();
    },
  },
  preview: {
    hash: "#/diary",
    act: async (page) => {
      await page.fill("#question", QUESTION);
      await page.getByRole("button", { name: /^Will send/ }).click();
      await page.getByRole("slider").first().waitFor();
    },
  },
  budgets: {
    hash: "#/diary",
    act: async (page) => {
      await page.fill("#question", QUESTION);
      await page.getByRole("button", { name: /^Will send/ }).click();
      await page.getByLabel(/^Recalled messages/).fill("0");
      await page.getByText("With these budgets").scrollIntoViewIfNeeded();
    },
  },
  prompt: {
    hash: "#/diary",
    act: async (page) => {
      await page.fill("#question", QUESTION);
      await page.getByRole("button", { name: "Prompt", exact: true }).click();
      await page.getByRole("dialog").getByText("System prompt").waitFor();
    },
  },
  menu: {
    hash: "#/diary",
    act: (page) => page.getByRole("button", { name: "More" }).click(),
  },
  search: {
    hash: "#/diary",
    act: async (page) => {
      await page.getByRole("button", { name: "Search" }).click();
      await page.getByLabel("Search text").fill("hive");
      await page.keyboard.press("Enter");
      await page.getByText("found, best first").waitFor();
    },
  },
  facts: {
    hash: "#/diary",
    act: async (page) => {
      await page.getByRole("button", { name: "Facts" }).click();
      await page.getByText("allergic").waitFor();
    },
  },
  "sign-in": { hash: "#/diary", act: (page) => page.getByRole("button", { name: "ana" }).click() },
  help: {
    hash: "#/diary",
    act: async (page) => {
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("button", { name: "Help" }).click();
    },
  },
  deleted: {
    hash: "#/diary",
    act: async (page) => {
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("button", { name: "Empty" }).click();
      await page.getByText("Conversation emptied.").waitFor();
    },
  },
  offline: { hash: "#/diary/43", act: (page) => page.context().setOffline(true) },
};

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
