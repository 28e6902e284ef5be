import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./support/bundle";
import { visitedServer } from "./support/page";

const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

const visited = visitedServer();
const open = visited.open;

describe("to talk", () => {
  it("an answer is seen as it streams, and can be stopped: what was said stays", async () => {
    await using visitor = await open();
    await visitor.ask("Count slowly.");
    await visitor.sees(/word3 /);
    await visitor.page.getByRole("button", { name: "Stop" }).click();
    await visitor.sees("This answer was stopped.");
    const [question, answer] = await visited.transcript(visitor.session);
    expect(question).toMatchObject({ content: "Count slowly." });
    expect(answer).toMatchObject({ role: "assistant", status: "cancelled", content: expect.stringContaining("word3") });
  });

  it("two questions at once are answered one after the other, and the second says that it waits", async () => {
    await using visitor = await open();
    await visitor.ask("Give me a moment.");
    await visitor.ask("And now?");
    await visitor.sees("Waits for the answer before it…");
    await visitor.hasRead("You said: And now?");
    const said = await visited.transcript(visitor.session);
    expect(said.map(({ content }) => content.slice(0, 8))).toEqual(["Give me ", "moment0 ", "And now?", "You said"]);
  });

  it("a reload in the middle of an answer loses nothing: it goes on, and what waits is asked", async () => {
    await using visitor = await open();
    await visitor.ask("Give me a moment.");
    await visitor.ask("And now?");
    await visitor.sees(/moment3 /);
    await visitor.page.reload();
    await visitor.hasRead(/moment29/);
    await visitor.hasRead("You said: And now?");
    expect(await visited.transcript(visitor.session)).toHaveLength(4);
  });

  it("an answer goes on on another device", async () => {
    await using visitor = await open();
    await visitor.ask("Give me a moment.");
    await visitor.sees(/moment3 /);
    await using other = await open(`/#/${visitor.session}`);
    await other.sees(/moment3 /);
    await other.hasRead(/moment29/);
    await visitor.hasRead(/moment29/);
    expect(await other.page.locator("article.assistant").count()).toBe(1);
  });

  it("an answer that could not be followed any more is followed again, as the same turn", async () => {
    await using visitor = await open();
    await visitor.ask("Count slowly.");
    await visitor.sees(/word3 /);
    await using other = await open();
    const { page } = other;
    await page.clock.install();
    const streams = "**/turns/*/stream";
    await page.route(streams, (route) => route.abort());
    await page.goto(`${visited.server.url}/#/${visitor.session}`);
    const again = page.getByRole("button", { name: "Ask again" });
    await expect.poll(() => page.clock.fastForward(60_000).then(() => again.count()), { timeout: 30_000 }).toBe(1);
    await page.unroute(streams);
    await page.clock.resume();
    await again.click();
    await other.hasRead(/word199/);
    expect(await visited.transcript(visitor.session)).toHaveLength(2);
  });

  it("a server that is lost in the middle is waited for, and what it had said is there", async () => {
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

  it("conversations are listed, renamed, deleted, and a deletion is taken back", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    const kept = visitor.session;
    await page.getByRole("button", { name: "New conversation" }).click();
    await visitor.ask("I like figs.");
    await visitor.hasRead("You said: I like figs.");
    const list = page.getByRole("navigation", { name: "Conversations" });
    await list.getByRole("link", { name: "I keep bees." }).click();
    await visitor.hasRead("You said: I keep bees.");
    await list.getByRole("button", { name: "Rename I keep bees." }).click();
    await page.getByRole("textbox", { name: "Title" }).fill("Bees");
    await page.getByRole("button", { name: "Save" }).click();
    await list.getByRole("link", { name: "Bees", exact: true }).waitFor();
    await list.getByRole("button", { name: "Delete Bees" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await list.getByRole("link", { name: "Bees", exact: true }).waitFor();
    expect(await visited.transcript(kept)).toHaveLength(2);
    await list.getByRole("button", { name: "Delete Bees" }).click();
    await page.reload();
    await expect.poll(() => visited.transcript(kept)).toEqual([]);
    await list.getByRole("link", { name: "I like figs." }).waitFor();
    expect(await list.getByRole("link").allInnerTexts()).toEqual(["I like figs."]);
  });

  it("a conversation leaves as a file, is emptied, and comes back", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    const menu = page.getByText("More", { exact: true });
    const choose = async (name: string) => {
      await menu.click();
      await page.getByRole("button", { name, exact: true }).click();
    };
    const downloaded = page.waitForEvent("download");
    await choose("Export");
    const file = await (await downloaded).path();
    await choose("Empty this conversation");
    await page.getByText("Say something.").waitFor();
    expect(await visited.transcript(visitor.session)).toEqual([]);
    const chosen = page.waitForEvent("filechooser");
    await choose("Import");
    await (await chosen).setFiles({
      name: "bees.ndjson",
      mimeType: "application/x-ndjson",
      buffer: readFileSync(file),
    });
    await visitor.hasRead("You said: I keep bees.");
  });

  it("a person is known in all of their conversations, by what they said and by facts", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await page.getByRole("button", { name: "Who are you?" }).click();
    await page.getByLabel("Your name").fill("ana");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "ana" }).waitFor();
    await visitor.ask("The password of the cellar is xylophone.");
    await visitor.hasRead("It is xylophone.");
    await page.getByRole("button", { name: "New conversation" }).click();
    await visitor.ask("What is the password?");
    await visitor.hasRead("It is xylophone.");
    await page.getByText("Look inside").last().click();
    await page.getByText(/another conversation, message 1/).waitFor();
    await page.getByRole("button", { name: "Facts" }).click();
    await page.getByLabel("A new fact").fill("Keeps bees.");
    await page.getByRole("button", { name: "Add" }).click();
    await page.getByRole("button", { name: "Change: Keeps bees." }).click();
    await page.getByRole("textbox", { name: "Fact", exact: true }).fill("Keeps wasps.");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Keeps wasps.").waitFor();
    await page.getByRole("button", { name: "Delete: Keeps wasps." }).click();
    await expect.poll(async () => (await fetch(`${visited.server.url}/users/ana/facts`)).json()).toEqual({ data: [] });
  });
});

describe("for everybody", () => {
  it("a whole conversation goes by keyboard alone", async () => {
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
    await page.getByText("Say something.").waitFor();
    await page.waitForSelector("#question:focus");
    await keyboard.type("I keep bees.");
    await keyboard.press("Enter");
    await visitor.hasRead("You said: I keep bees.");
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
    for (let steps = 0; steps < 20 && (await focused()) !== "Look inside"; steps += 1)
      await keyboard.press("Shift+Tab");
    await keyboard.press("Enter");
    await page.getByRole("log").getByText("tokens of").waitFor();
    await keyboard.press("?");
    await page.getByRole("dialog", { name: "What this page can do" }).waitFor();
    await keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await keyboard.press("Alt+s");
    await page.waitForSelector("input[type=search]:focus");
    await keyboard.type("bees");
    await keyboard.press("Enter");
    await page.getByText("found, best first").waitFor();
  });

  it.each(["light", "dark"] as const)(
    "axe finds nothing to mend in %s, on a desk and on a phone",
    async (colorScheme) => {
      for (const viewport of [
        { width: 1_200, height: 800 },
        { width: 390, height: 800 },
      ]) {
        await using visitor = await open("/", { colorScheme, viewport, bypassCSP: true });
        const { page } = visitor;
        await visitor.ask("# Hello\n\n- a list\n- [a link](https://example.com)\n\n`code`");
        await visitor.hasRead("You said:");
        await page.getByText("Look inside").click();
        await page.getByRole("log").getByText("tokens of").waitFor();
        const violations = async () => {
          await page.evaluate(axe);
          const found = await page.evaluate("axe.run()");
          return (found as { violations: { id: string; nodes: { html: string }[] }[] }).violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`,
          );
        };
        expect(await violations()).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        for (const name of ["Search", "Who are you?", "What this page can do"]) {
          await page.getByRole("button", { name }).click();
          await page.getByRole("dialog").waitFor();
          expect(await violations()).toEqual([]);
          await page.keyboard.press("Escape");
          await page.getByRole("dialog").waitFor({ state: "detached" });
        }
      }
    },
  );
});
