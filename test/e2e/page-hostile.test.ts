import { describe, expect, it } from "vitest";
import { DEEP_MARKDOWN } from "../support/deep-markdown";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

describe("whatever is said", () => {
  it("nothing of an answer runs, and no link leads where it should not", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("Be hostile.");
    await visitor.sees("<script>window.hacked = 1</script>");
    await page.getByText("another", { exact: true }).waitFor();
    expect(await page.evaluate(() => "hacked" in window)).toBe(false);
    expect(await page.locator(".message :is(script, img, iframe, svg, style)").count()).toBe(0);
    const links = page.locator(".message.assistant a:not(header a)");
    expect(await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")))).toEqual([
      ...["https://example.com/", "https://example.com/x.png"],
    ]);
  });

  it("a line of 200,000 characters and 5,000 messages leave the page usable", async () => {
    const session = `long-${crypto.randomUUID()}`;
    await visited.remember(session, 5_000);
    await using visitor = await open(`/#/${session}`);
    const { page } = visitor;
    await visitor.ask("Say one long line.");
    await page.getByRole("button", { name: "Show all 200,000 characters", exact: true }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    expect(await page.locator("article").count()).toBeLessThanOrEqual(150);
    for (let pages = 0; pages < 4; pages += 1) {
      const first = await page.locator("article[id]").first().getAttribute("id");
      await page.getByRole("button", { name: "Show older messages", exact: true }).click();
      await expect.poll(() => page.locator("article[id]").first().getAttribute("id")).not.toBe(first);
    }
    expect(await page.locator("article").count()).toBeLessThanOrEqual(150);
    await visitor.ask("Are you there?");
    await expect.poll(async () => (await visited.transcript(session)).at(-1)?.content).toBe("You said: Are you there?");
  });

  it("no depth of Markdown takes the page down, neither stored nor streamed", async () => {
    const session = `deep-${crypto.randomUUID()}`;
    const texts = Object.values(DEEP_MARKDOWN);
    await visited.append(
      session,
      texts.map((content) => ({ role: "assistant", content })),
    );
    await using visitor = await open(`/#/${session}`);
    const { page } = visitor;
    await page.locator(`#m${texts.length}`).waitFor();
    expect(await page.locator("article[id]").count()).toBe(texts.length);
    await visitor.ask(`Repeat:\n\n${">".repeat(4_000)} the bottom`);
    await visitor.hasRead(/> the bottom/);
    await visitor.ask("Are you there?");
    await visitor.hasRead("You said: Are you there?");
  });

  it("an answer that cannot be drawn is shown as plain text, and all others as before", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await page.evaluate(() => {
      // Entities are decoded with it.
      DOMParser.prototype.parseFromString = () => {
        throw new Error("not today");
      };
    });
    await visitor.ask("**bold** &copy;");
    await visitor.hasRead("You said: **bold** &copy;");
    await visitor.ask("**bold** again");
    await visitor.hasRead("You said: bold again");
    expect(await page.locator(".message.assistant strong").allInnerTexts()).toEqual(["bold"]);
  });
});
