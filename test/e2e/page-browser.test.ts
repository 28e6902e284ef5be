/** The page in a browser that opens a wrong URL, or whose storage is full or blocked. */
import { describe, expect, it } from "vitest";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

describe("a conversation that could not be read", () => {
  it("leaves no notice in the conversation that is opened next", async () => {
    await using visitor = await open("/#/readable");
    const { page } = visitor;
    await page.route("**/sessions/unreadable*", (route) => route.abort());
    await page.evaluate(() => location.assign("#/unreadable"));
    await page.getByRole("alert").waitFor();
    await page.goBack();
    await page.getByRole("alert").waitFor({ state: "detached" });
  });

  it.each(["#/a b", "#/..", "#/%E0%A4%A", `#/${"a".repeat(129)}`, "#elsewhere"])(
    "because %s names none is a new one, which a reload keeps",
    async (hash) => {
      await using visitor = await open(`/${hash}`);
      const { page } = visitor;
      await visitor.ask("Hello.");
      await visitor.hasRead("You said: Hello.");
      await page.reload();
      await visitor.hasRead("You said: Hello.");
      expect(await page.getByRole("alert").count()).toBe(0);
    },
  );
});

describe("a browser whose storage", () => {
  it.each([
    ["is full", 'Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };'],
    [
      "is blocked",
      'for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });',
    ],
  ])("%s still shows the page, keeps drafts until a reload, and sends questions", async (_, script) => {
    await using visitor = await open();
    const { page } = visitor;
    await page.addInitScript(script);
    await page.goto(`${visited.server.url}/#/first`);
    await page.reload();
    await page.fill("#question", "A draft.");
    await page.evaluate(() => location.assign("#/second"));
    await visitor.ask("Hello.");
    await visitor.hasRead("You said: Hello.");
    await page.goBack();
    await expect.poll(() => page.inputValue("#question")).toBe("A draft.");
  });
});
