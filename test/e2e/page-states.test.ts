/** Accessibility and width of the page's states, in both themes, on a desk and on a phone. */
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { post } from "./support/http";
import { type Visitor, visitedServer } from "./support/page";

const visited = visitedServer();

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true });

/** Ways into states of the page, each from the state before it. */
const STEPS: Record<string, (visitor: Visitor) => Promise<unknown>> = {
  "an answer with details and an explanation": async (visitor) => {
    const { page } = visitor;
    await visitor.ask("Where do my bees stand?");
    await visitor.hasRead(/^You said: Where/);
    await button(page, /^Details/)
      .last()
      .click();
    const why = page.locator(".answer-details:visible .why-not");
    await why.getByRole("textbox").fill("1");
    await page.keyboard.press("Enter");
    await why.getByText(/^Message 1: /).waitFor();
  },
  "its prompt": async ({ page }) => {
    await page.locator(".answer-details:visible").getByRole("button", { name: "Prompt", exact: true }).click();
    await page
      .getByRole("dialog")
      .getByText(/received exactly/)
      .waitFor();
  },
  "the editor of a question": async ({ page }) => {
    await page.keyboard.press("Escape");
    await button(page, "Edit").last().click();
    await page.getByRole("textbox", { name: "Edit your message", exact: true }).waitFor();
  },
  "a deleted turn": async ({ page }) => {
    await page.keyboard.press("Escape");
    await button(page, "Delete").last().click();
    await page.getByText("Question and answer deleted.").waitFor();
    await page.getByText("Start talking.").waitFor();
  },
  "a wish to forget": async (visitor) => {
    await button(visitor.page, "Undo").click();
    await visitor.ask("Please forget my bees.");
    await visitor.page
      .getByRole("region", { name: "Forget", exact: true })
      .getByText("Fact", { exact: true })
      .waitFor();
    await visitor.hasRead(/^You said: Please/);
  },
  "the history of a fact": async ({ page }) => {
    await button(page, "Facts").click();
    await button(page, /^History: /).click();
    await button(page, "Restore").waitFor();
  },
  "all conversations": async (visitor) => {
    await visitor.page.keyboard.press("Escape");
    await visitor.choose("All conversations");
    await visitor.page
      .getByRole("dialog")
      .getByText(/entr(?:y|ies)\.$/)
      .waitFor();
  },
  "all users": async ({ page }) => {
    await button(page, "Users").click();
    await page
      .getByRole("dialog")
      .getByText(/entr(?:y|ies)\.$/)
      .waitFor();
  },
  "the menu": async ({ page }) => {
    await page.keyboard.press("Escape");
    await button(page, "More").click();
    await button(page, "Temporary conversation").waitFor();
  },
  "a temporary conversation": async (visitor) => {
    await button(visitor.page, "Temporary conversation").click();
    await visitor.ask("I like figs.");
    await visitor.sees("You said: I like figs.");
    await visitor.page.locator('article[aria-busy="true"]').waitFor({ state: "detached" });
  },
};

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  it.each([
    ["a desk", { viewport: { width: 1_200, height: 800 } }],
    ["a phone", { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true }],
  ])("no state has a violation that axe finds, or is wider than %s", async (_device, options) => {
    const userId = `state-${crypto.randomUUID().slice(0, 8)}`;
    const url = `${visited.server.url}/users/${userId}/facts`;
    const fact = (await (await post(url, { text: "My bees stand in Lisbon." })).json()) as { id: string };
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ text: "My bees stand in Porto." });
    expect((await fetch(`${url}/${fact.id}`, { method: "PATCH", headers, body })).status).toBe(200);
    await using visitor = await visited.open("/", { colorScheme, bypassCSP: true, ...options });
    await visitor.signIn(userId);
    for (const [state, enter] of Object.entries(STEPS)) {
      await enter(visitor);
      expect(await visitor.violations(), state).toEqual([]);
      const isTooWide = () => visitor.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      expect(await isTooWide(), state).toBe(false);
    }
  });
});
