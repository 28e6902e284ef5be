import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

describe("a conversation", () => {
  it("shows an answer as it streams; when it is stopped, its text stays", async () => {
    await using visitor = await open();
    await visitor.ask("Count slowly.");
    await visitor.sees(/word3 /);
    await visitor.page.getByRole("button", { name: "Stop", exact: true }).click();
    await visitor.sees("This answer was stopped.");
    const [question, answer] = await visited.transcript(visitor.session);
    expect(question).toMatchObject({ content: "Count slowly." });
    expect(answer).toMatchObject({ role: "assistant", status: "cancelled", content: expect.stringContaining("word3") });
  });

  it("answers two questions one after the other, and marks the second as waiting", async () => {
    await using visitor = await open();
    await visitor.ask("Give me a moment.");
    await visitor.ask("And now?");
    await visitor.sees("Waiting for the previous answer…");
    await visitor.hasRead("You said: And now?");
    const said = await visited.transcript(visitor.session);
    expect(said.map(({ content }) => content.slice(0, 8))).toEqual(["Give me ", "moment0 ", "And now?", "You said"]);
  });

  it("loses nothing by a reload during an answer: the answer continues, and the waiting question is sent", async () => {
    await using visitor = await open();
    await visitor.ask("Give me a moment.");
    await visitor.ask("And now?");
    await visitor.sees(/moment3 /);
    await visitor.page.reload();
    await visitor.hasRead(/moment29/);
    await visitor.hasRead("You said: And now?");
    expect(await visited.transcript(visitor.session)).toHaveLength(4);
  });

  it("shows a running answer on another device, too", async () => {
    await using visitor = await open();
    await visitor.ask("Give me a moment.");
    await visitor.sees(/moment3 /);
    await using other = await open(`/#/${visitor.session}`);
    await other.sees(/moment3 /);
    await other.hasRead(/moment29/);
    await visitor.hasRead(/moment29/);
    expect(await other.page.locator("article.assistant").count()).toBe(1);
  });

  it("follows an answer again after its stream could not be reached, as the same turn", async () => {
    await using visitor = await open();
    await visitor.ask("Count slowly.");
    await visitor.sees(/word3 /);
    await using other = await open();
    const { page } = other;
    await page.clock.install();
    const streams = "**/turns/*/stream";
    await page.route(streams, (route) => route.abort());
    await page.goto(`${visited.server.url}/#/${visitor.session}`);
    const again = page.getByRole("button", { name: "Try again", exact: true });
    await expect.poll(() => page.clock.fastForward(60_000).then(() => again.count())).toBe(1);
    await page.unroute(streams);
    await page.clock.resume();
    await again.click();
    await other.hasRead(/word199/);
    expect(await visited.transcript(visitor.session)).toHaveLength(2);
  });

  it("waits for a server that is lost during an answer, and shows the text before the loss", async () => {
    await using visitor = await open();
    await visitor.ask("Hello.");
    await visitor.hasRead("You said: Hello.");
    await visitor.ask("Count slowly.");
    await visitor.sees(/word9 /);
    await visited.server.kill();
    await visited.server.start();
    await visitor.sees("This answer was cut off.");
    await visitor.ask("Are you there?");
    await visitor.hasRead("You said: Are you there?");
    await expect
      .poll(async () => (await visited.transcript(visitor.session)).map(({ status }) => status))
      .toEqual(["complete", "complete", "interrupted", "interrupted", "complete", "complete"]);
  });

  it("is listed, renamed and deleted, and its deletion can be undone", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    const kept = visitor.session;
    await page.getByRole("button", { name: "New conversation", exact: true }).click();
    await visitor.ask("I like figs.");
    await visitor.hasRead("You said: I like figs.");
    const list = page.getByRole("navigation", { name: "Conversations", exact: true });
    await list.getByRole("link", { name: "I keep bees.", exact: true }).click();
    await visitor.hasRead("You said: I keep bees.");
    await list.getByRole("button", { name: "Rename I keep bees.", exact: true }).click();
    await page.getByRole("textbox", { name: "Title", exact: true }).fill("Bees");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await list.getByRole("link", { name: "Bees", exact: true }).waitFor();
    await list.getByRole("button", { name: "Delete Bees", exact: true }).click();
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await list.getByRole("link", { name: "Bees", exact: true }).waitFor();
    expect(await visited.transcript(kept)).toHaveLength(2);
    await list.getByRole("button", { name: "Delete Bees", exact: true }).click();
    await page.reload();
    await expect.poll(() => visited.transcript(kept)).toEqual([]);
    await list.getByRole("link", { name: "I like figs.", exact: true }).waitFor();
    expect(await list.getByRole("link").allInnerTexts()).toEqual(["I like figs."]);
  });

  it("is exported to a file, emptied, and imported again", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    const downloaded = page.waitForEvent("download");
    await visitor.choose("Export");
    const file = await (await downloaded).path();
    await visitor.choose("Empty");
    await page.getByText("Start talking.").waitFor();
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await visitor.hasRead("You said: I keep bees.");
    await visitor.choose("Empty");
    await page.reload();
    await page.getByText("Start talking.").waitFor();
    await expect.poll(() => visited.transcript(visitor.session)).toEqual([]);
    const chosen = page.waitForEvent("filechooser");
    await visitor.choose("Import");
    await (await chosen).setFiles({
      name: "bees.ndjson",
      mimeType: "application/x-ndjson",
      buffer: readFileSync(file),
    });
    await visitor.hasRead("You said: I keep bees.");
  });

  it("knows the messages and facts of the same person's other conversations", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.signIn("ana");
    await visitor.ask("The password of the cellar is xylophone.");
    await visitor.hasRead("It is xylophone.");
    await page.getByRole("button", { name: "New conversation", exact: true }).click();
    await visitor.ask("What is the password?");
    await visitor.hasRead("It is xylophone.");
    await page
      .getByRole("button", { name: /^Details/ })
      .last()
      .click();
    await page.getByText(/another conversation, message 1/).waitFor();
    await page.getByRole("button", { name: "Facts", exact: true }).click();
    await page.getByLabel("A new fact", { exact: true }).fill("Keeps bees.");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("button", { name: "Edit: Keeps bees.", exact: true }).click();
    await page.getByRole("textbox", { name: "Fact", exact: true }).fill("Keeps wasps.");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("dialog").getByText("Keeps wasps.").waitFor();
    await page.getByRole("button", { name: "Delete: Keeps wasps.", exact: true }).click();
    await expect.poll(async () => (await fetch(`${visited.server.url}/users/ana/facts`)).json()).toEqual({ data: [] });
  });
});

describe("accessibility", () => {
  it("a whole conversation works by keyboard alone", async () => {
    await using visitor = await open();
    const { page } = visitor;
    const { keyboard } = page;
    await page.waitForSelector("#question:focus");
    await keyboard.type("Count slowly.");
    await keyboard.press("Enter");
    await visitor.sees(/word3 /);
    await keyboard.press("Escape");
    await visitor.sees("This answer was stopped.");
    await keyboard.press("Alt+n");
    await page.getByText("Start talking.").waitFor();
    await page.waitForSelector("#question:focus");
    await keyboard.type("I keep bees.");
    await keyboard.press("Enter");
    await visitor.hasRead("You said: I keep bees.");
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
    for (let steps = 0; steps < 20 && (await focused()) !== "Details"; steps += 1) await keyboard.press("Shift+Tab");
    await keyboard.press("Enter");
    await page.getByRole("log").getByText("tokens used").waitFor();
    await keyboard.press("?");
    await page.getByRole("dialog", { name: "Help", exact: true }).waitFor();
    await keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await keyboard.press("Alt+s");
    await page.waitForSelector("input[type=search]:focus");
    await keyboard.type("bees");
    await keyboard.press("Enter");
    await page.getByText("found, best first").waitFor();
  });

  it.each(["light", "dark"] as const)(
    "axe finds no violations in %s, on a desktop and on a phone",
    async (colorScheme) => {
      for (const viewport of [
        { width: 1_200, height: 800 },
        { width: 390, height: 800 },
      ]) {
        await using visitor = await open("/", { colorScheme, viewport, bypassCSP: true });
        const { page } = visitor;
        await visitor.ask("# Hello\n\n- a list\n- [a link](https://example.com)\n\n`code`");
        await visitor.hasRead("You said:");
        await page.getByRole("button", { name: /^Details/ }).click();
        await page.getByRole("log").getByText("tokens used").waitFor();
        expect(await visitor.violations()).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        const dialogs = [
          () => page.getByRole("button", { name: "Search", exact: true }).click(),
          () => page.getByRole("button", { name: "Sign in", exact: true }).click(),
          () => visitor.choose("Help"),
          () => visitor.choose("Go to a date"),
          () => visitor.choose("Costs"),
        ];
        for (const openDialog of dialogs) {
          await openDialog();
          await page.getByRole("dialog").waitFor();
          expect(await visitor.violations()).toEqual([]);
          await page.keyboard.press("Escape");
          await page.getByRole("dialog").waitFor({ state: "detached" });
        }
      }
    },
  );
});
