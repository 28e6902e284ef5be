// The states of the page in its pictures.
import { QUESTION } from "./story.mjs";

const choose = async (page, name) => {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("button", { name, exact: true }).click();
};

/** Asks a question and opens the details of the answer. */
const openDetails = async (page) => {
  await page.fill("#question", QUESTION);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const chip = page.getByRole("button", { name: /^Details: / }).last();
  await page.locator("article[aria-busy]").waitFor({ state: "detached" });
  await chip.click();
  await page.locator(".answer-details:visible .message-links a").first().waitFor();
};

/** The states of the page: the hash of the URL, and the visitor's actions. */
export const STATES = {
  empty: { hash: "", act: (page) => page.getByText("Start talking.").waitFor() },
  details: {
    hash: "#/diary",
    act: async (page) => {
      await openDetails(page);
      await page
        .locator("article")
        .last()
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
  help: { hash: "#/diary", act: (page) => choose(page, "Help") },
  deleted: {
    hash: "#/diary",
    act: async (page) => {
      await choose(page, "Empty");
      await page.getByText("Conversation emptied.").waitFor();
    },
  },
  edit: {
    hash: "#/holidays",
    act: (page) => page.getByRole("button", { name: "Edit", exact: true }).last().click(),
  },
  "edit-earlier": {
    hash: "#/markdown/1",
    act: (page) => page.getByRole("button", { name: "Edit", exact: true }).first().click(),
  },
  "deleted-turn": {
    hash: "#/holidays",
    act: async (page) => {
      await page.getByRole("button", { name: "Delete", exact: true }).last().click();
      await page.getByText("Question and answer deleted.").waitFor();
    },
  },
  "sent-prompt": {
    hash: "#/diary",
    act: async (page) => {
      await openDetails(page);
      await page.locator(".answer-details:visible").getByRole("button", { name: "Prompt", exact: true }).click();
      await page.getByRole("dialog").locator("li.question").scrollIntoViewIfNeeded();
    },
  },
  "why-not": {
    hash: "#/diary",
    act: async (page) => {
      await openDetails(page);
      const why = page.locator(".answer-details:visible .why-not");
      await why.getByRole("textbox").fill("hive");
      await page.keyboard.press("Enter");
      await why.locator(".message-links a").first().waitFor();
      await why.evaluate((section) => section.scrollIntoView());
    },
  },
  temporary: { hash: "#/diary", act: (page) => choose(page, "Temporary conversation") },
  forget: {
    hash: "",
    act: async (page) => {
      await page.fill("#question", "Please forget everything about my hives.");
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.getByRole("button", { name: "Forget", exact: true }).first().waitFor();
    },
  },
  "fact-history": {
    hash: "#/diary",
    act: async (page) => {
      await page.getByRole("button", { name: "Facts" }).click();
      await page.getByRole("button", { name: /^History/ }).click();
      await page.getByRole("button", { name: "Restore", exact: true }).waitFor();
    },
  },
  operator: {
    hash: "#/diary",
    act: async (page) => {
      await choose(page, "All conversations");
      await page.getByRole("dialog").getByText("The hives", { exact: true }).waitFor();
      await page
        .getByRole("dialog")
        .getByRole("button", { name: /^Delete The hives/ })
        .click();
    },
  },
  users: {
    hash: "#/diary",
    act: async (page) => {
      await choose(page, "All conversations");
      await page.getByRole("button", { name: "Users", exact: true }).click();
      await page.getByRole("dialog").getByRole("button", { name: "ana", exact: true }).click();
      await page.getByRole("dialog").getByRole("searchbox").first().fill("lime");
      await page.keyboard.press("Enter");
      await page.getByText("found.").waitFor();
    },
  },
  costs: {
    hash: "#/diary",
    act: async (page) => {
      await choose(page, "Costs");
      await page.locator("dd").first().waitFor();
    },
  },
  date: { hash: "#/diary", act: (page) => choose(page, "Go to a date") },
  failed: {
    hash: "#/holidays",
    act: async (page) => {
      await page.route("**/ask", (route) =>
        route.fulfill({ status: 503, json: { code: "model_busy", detail: "", title: "", status: 503, requestId: "" } }),
      );
      await page.fill("#question", QUESTION);
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.getByRole("button", { name: "Discard", exact: true }).waitFor();
    },
  },
  sidebar: {
    hash: "#/diary",
    act: async (page) => {
      const button = page.getByRole("button", { name: "Conversations", exact: true });
      if (await button.isVisible()) await button.click();
    },
  },
  offline: { hash: "#/diary/43", act: (page) => page.context().setOffline(true) },
};
