import { describe, expect, it } from "vitest";
import { visitedServer } from "./support/page";

// Browsers treat this name as an insecure origin, like an address in a local network.
const visited = visitedServer({ LOCAL_ONLY: "false" }, ["--host-resolver-rules=MAP lan.test 127.0.0.1"]);
const open = visited.open;

const PHONE = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };
/** A screen of 1,200 x 800 pixels at 200 %. */
const ZOOMED = { viewport: { width: 600, height: 400 } };

describe("on a small screen", () => {
  it.each([
    ["a phone", PHONE],
    ["a desk at 200 %", ZOOMED],
  ])("the whole menu is on the screen of %s", async (_, options) => {
    await using visitor = await open("/", options);
    const { page } = visitor;
    await page.getByRole("button", { name: "More", exact: true }).click();
    const { width, height } = options.viewport;
    for (const entry of await page.locator("#menu").getByRole("button").all()) {
      await entry.scrollIntoViewIfNeeded();
      const box = await entry.boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y + box.height <= height).toBe(true);
    }
    await page.keyboard.press("Escape");
    await page.locator("#menu").waitFor({ state: "hidden" });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });

  it("buttons, fields and conversations are 44 pixels high", async () => {
    await using visitor = await open("/", PHONE);
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    await page.getByRole("button", { name: /^Details/ }).click();
    await page.getByRole("log").getByText("tokens used").waitFor();
    const tooSmall = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>("button, select, textarea, input, .sidebar a")]
          .filter((element) => element.checkVisibility() && !element.closest(".hidden") && element.tabIndex >= 0)
          .filter((element) => element.getBoundingClientRect().height < 44)
          .map((element) => element.outerHTML),
      );
    expect(await tooSmall()).toEqual([]);
    await page.getByRole("button", { name: "Conversations", exact: true }).click();
    await page.getByRole("navigation").getByRole("link", { name: "I keep bees.", exact: true }).waitFor();
    expect(await tooSmall()).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "More", exact: true }).click();
    expect(await tooSmall()).toEqual([]);
  });

  it("Enter starts a new line, and a button sends", async () => {
    await using visitor = await open("/", PHONE);
    const { page } = visitor;
    await page.fill("#question", "one");
    await page.press("#question", "Enter");
    await page.locator("#question").pressSequentially("two");
    expect(await page.inputValue("#question")).toBe("one\ntwo");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await visitor.hasRead("You said: one");
  });

  it("composer and conversation stay visible above a keyboard", async () => {
    await using visitor = await open("/", PHONE);
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    await page.fill("#question", Array(30).fill("a line").join("\n"));
    await page.setViewportSize({ width: 390, height: 400 });
    const bottom = async () => {
      const box = await page.getByRole("button", { name: "Send", exact: true }).boundingBox();
      return box ? box.y + box.height : 0;
    };
    await expect.poll(bottom).toBeLessThanOrEqual(400);
    const log = await page.getByRole("log").boundingBox();
    expect(log?.height).toBeGreaterThan(60);
  });

  it.each(["light", "dark"] as const)("axe finds no violations in %s: list, menu, dialogs", async (colorScheme) => {
    await using visitor = await open("/", { ...PHONE, colorScheme, bypassCSP: true });
    const { page } = visitor;
    expect(await visitor.violations()).toEqual([]);
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    await page.getByRole("button", { name: "Conversations", exact: true }).click();
    expect(await visitor.violations()).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "More", exact: true }).click();
    expect(await visitor.violations()).toEqual([]);
  });
});

describe("over plain http", () => {
  it("the page talks and copies without the functions of secure origins", async () => {
    await using visitor = await visited.openAt("lan.test");
    const { page } = visitor;
    expect(await page.evaluate(() => [isSecureContext, typeof crypto.randomUUID])).toEqual([false, "undefined"]);
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    expect(visitor.session).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    await page.getByRole("button", { name: "Copy", exact: true }).last().click();
    await page.getByText("Copied").waitFor();
    await page.locator("#question").focus();
    await page.keyboard.press("ControlOrMeta+v");
    expect(await page.inputValue("#question")).toBe("You said: I keep bees.");
  });
});

describe("on paper", () => {
  it("the whole conversation is printed, without buttons and lists", async () => {
    const session = `print-${crypto.randomUUID()}`;
    await visited.remember(session, 40);
    await using visitor = await open(`/#/${session}`);
    const { page } = visitor;
    await page.locator("#m40").waitFor();
    await page.emulateMedia({ media: "print" });
    for (const name of ["Send", "New conversation", "Search", "Copy"]) {
      expect(await page.getByRole("button", { name, exact: true }).count()).toBe(0);
    }
    const [full, last] = await page.evaluate(() => [
      document.documentElement.scrollHeight,
      document.querySelector("#m40")?.getBoundingClientRect().bottom ?? 0,
    ]);
    expect(full).toBeGreaterThan(1_000);
    expect(last).toBeLessThanOrEqual(full ?? 0);
  });
});
