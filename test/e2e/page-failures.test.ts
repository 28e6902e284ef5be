import { describe, expect, it } from "vitest";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

describe("while an answer is awaited", () => {
  it("Escape stops it from the first moment, wherever the focus is", async () => {
    await using visitor = await open();
    const { page } = visitor;
    visited.model.mode = "wait";
    try {
      await visitor.ask("Count slowly.");
      await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
      await page.getByRole("heading", { level: 1 }).click();
      await page.keyboard.press("Escape");
      await visitor.sees("Stopping…");
    } finally {
      visited.model.release();
    }
    await expect
      .poll(async () => (await visited.transcript(visitor.session)).map(({ status }) => status))
      .toEqual(["cancelled", "cancelled"]);
    await visitor.page.getByText("Stopping…").waitFor({ state: "detached" });
  });

  it("states are written as words for assistive technology", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("Give me a moment.");
    await page.locator('article[aria-busy="true"]').waitFor();
    await visitor.hasRead(/moment29/);
    expect(await page.locator('article[aria-busy="true"]').count()).toBe(0);
    await page.locator('button[aria-expanded="false"]', { hasText: "Details" }).click();
    await page.locator('button[aria-expanded="true"]', { hasText: "Details" }).waitFor();
  });

  it("a lost connection is shown at once, and the answer continues when the server is back", async () => {
    await using visitor = await open();
    await visitor.ask("Count slowly.");
    await visitor.sees(/word5 /);
    await visited.server.kill();
    await visitor.page.getByText("Reconnecting").first().waitFor();
    await visited.server.start();
    await visitor.sees("This answer was cut off.");
  });

  it("a lost network is shown at once, and questions are sent when it is back", async () => {
    await using visitor = await open();
    const { page, context } = visitor;
    await visitor.ask("Hello.");
    await visitor.hasRead("You said: Hello.");
    // The client waits a minute before its next attempt, longer than this test.
    await page.evaluate(() => {
      Math.random = () => 1_000;
    });
    await context.setOffline(true);
    await page.getByText("You are offline.").waitFor();
    await visitor.ask("Are you there?");
    await visitor.sees("Reconnecting…");
    await context.setOffline(false);
    await visitor.hasRead("You said: Are you there?");
    await page.getByText("You are offline.").waitFor({ state: "detached" });
  });
});

describe("a question that fails", () => {
  it("keeps its place, says why once and in the page's words, survives a reload, and is sent again", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("Hello.");
    await visitor.hasRead("You said: Hello.");
    visited.model.mode = "busy";
    try {
      await visitor.ask("Are you there?");
      await visitor.sees("The model is busy.");
      expect(await page.getByText("The model is busy.").count()).toBe(1);
      await page.reload();
      await visitor.sees("The model is busy.");
      await visitor.sees("Are you there?");
    } finally {
      visited.model.release();
    }
    await page.getByRole("button", { name: "Try again", exact: true }).click();
    await visitor.hasRead("You said: Are you there?");
    expect(await visited.transcript(visitor.session)).toHaveLength(4);
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it("can be discarded, and the next one is sent then", async () => {
    await using visitor = await open();
    visited.model.mode = "busy";
    try {
      await visitor.ask("Are you there?");
      await visitor.sees("The model is busy.");
      await visitor.ask("And now?");
      await visitor.sees("Waiting for the previous answer…");
    } finally {
      visited.model.release();
    }
    await visitor.page.getByRole("button", { name: "Discard", exact: true }).first().click();
    await visitor.hasRead("You said: And now?");
    expect(await visited.transcript(visitor.session)).toHaveLength(2);
  });
});

describe("two failures", () => {
  it("each has an action of its own, and succeeds when it is tried again", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    const session = `**/sessions/${visitor.session}`;
    await page.route(session, (route) => (route.request().method() === "PATCH" ? route.abort() : route.continue()));
    await page.route(`${session}/export`, (route) => route.abort());
    const list = page.getByRole("navigation", { name: "Conversations", exact: true });
    await list.getByRole("button", { name: "Rename I keep bees.", exact: true }).click();
    await page.getByRole("textbox", { name: "Title", exact: true }).fill("Bees");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("alert").waitFor();
    await visitor.choose("Export");
    // The last answer has a button of this name too.
    const again = page.getByRole("alert").getByRole("button", { name: "Try again", exact: true });
    await again.nth(1).waitFor();
    await page.unroute(session);
    await page.unroute(`${session}/export`);
    await again.first().click();
    await list.getByRole("link", { name: "Bees", exact: true }).waitFor();
    const downloaded = page.waitForEvent("download");
    await again.click();
    await downloaded;
    await page.getByRole("alert").waitFor({ state: "detached" });
  });
});

describe("drafts and keys", () => {
  it("a draft belongs to its conversation and survives a reload", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    await page.fill("#question", "half a thought");
    await page.getByRole("button", { name: "New conversation", exact: true }).click();
    await expect.poll(() => page.inputValue("#question")).toBe("");
    await page.fill("#question", "another");
    await page.getByRole("navigation").getByRole("link", { name: "I keep bees.", exact: true }).click();
    await expect.poll(() => page.inputValue("#question")).toBe("half a thought");
    await page.reload();
    await expect.poll(() => page.inputValue("#question")).toBe("half a thought");
    await page.goBack();
    await expect.poll(() => page.inputValue("#question")).toBe("another");
  });

  it("the Enter of an input method does not send", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await page.fill("#question", "nihon");
    await page.locator("#question").evaluate((field) => {
      const options = { key: "Enter", keyCode: 229, bubbles: true, cancelable: true };
      field.dispatchEvent(new KeyboardEvent("keydown", options));
    });
    expect(await page.inputValue("#question")).toBe("nihon");
    await page.press("#question", "Enter");
    await visitor.hasRead("You said: nihon");
  });

  it("a dialog returns the focus, and a form in it takes Escape first", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.signIn(`keys-${crypto.randomUUID().slice(0, 8)}`);
    await page.getByRole("button", { name: "Facts", exact: true }).click();
    await page.getByLabel("A new fact", { exact: true }).fill("Keeps bees.");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Edit: Keeps bees.", exact: true }).click();
    await page.getByRole("textbox", { name: "Fact", exact: true }).fill("Keeps wasps.");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").getByText("Keeps bees.").waitFor();
    await page.getByRole("button", { name: "Delete: Keeps bees.", exact: true }).click();
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await page.getByRole("button", { name: "Delete: Keeps bees.", exact: true }).waitFor();
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain("Facts");
  });

  it("shortcuts do nothing while a dialog is open, and with other modifiers", async () => {
    await using visitor = await open();
    const { page } = visitor;
    const { session } = visitor;
    await page.keyboard.press("Alt+Shift+n");
    await page.keyboard.press("Control+Alt+n");
    await page.keyboard.press("Alt+s");
    await page.waitForSelector("input[type=search]:focus");
    await page.keyboard.press("Alt+n");
    expect(visitor.session).toBe(session);
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await page.waitForSelector("input[type=search]:focus");
  });
});

describe("two tabs", () => {
  it("each sees what the other one sends, while it is answered and afterwards", async () => {
    await using visitor = await open();
    await visitor.ask("Hello.");
    await visitor.hasRead("You said: Hello.");
    const other = await visitor.context.newPage();
    await other.goto(visitor.page.url());
    await other.locator("article[id]").getByText("You said: Hello.").waitFor();
    await visitor.ask("Give me a moment.");
    await other.getByText(/moment3 /).waitFor();
    await other
      .locator("article[id]")
      .getByText(/moment29/)
      .waitFor();
    await other.locator("#question").fill("And now?");
    await other.getByRole("button", { name: "Send", exact: true }).click();
    await visitor.hasRead("You said: And now?");
  });

  it("show no turn that the other one replaced or deleted, even if it was the first", async () => {
    await using visitor = await open();
    await visitor.ask("Hello.");
    await visitor.hasRead("You said: Hello.");
    const other = await visitor.context.newPage();
    await other.goto(visitor.page.url());
    const shown = () => other.locator("article[id]").evaluateAll((all) => all.map(({ id }) => id));
    await expect.poll(shown).toEqual(["m1", "m2"]);
    await visitor.page.getByRole("button", { name: "Try again", exact: true }).click();
    await expect.poll(shown).toEqual(["m3", "m4"]);
    await visitor.ask("And now?");
    await expect.poll(shown).toEqual(["m3", "m4", "m5", "m6"]);
    await visitor.page.locator("#m3").getByRole("button", { name: "Delete", exact: true }).click();
    await visitor.ask("And then?");
    await expect.poll(shown).toEqual(["m5", "m6", "m7", "m8"]);
  });
});
