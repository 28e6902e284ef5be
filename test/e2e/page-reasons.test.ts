import { describe, expect, it } from "vitest";
import { post } from "./support/http";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

const SECRET = { at: 6, content: "The password of the cellar is xylophone." };
const QUESTION = "What is the password of the cellar?";

describe("inside an answer", () => {
  it("the prompt that the model received is shown by part, and its lines lead to the messages and facts", async () => {
    const session = `sent-${crypto.randomUUID()}`;
    const userId = `owner-${crypto.randomUUID().slice(0, 8)}`;
    await visited.remember(session, 1_000, { ...SECRET, userId });
    const fact = { text: "Ana owns a cellar.", source: { sessionId: session, seq: 3 } };
    expect((await post(`${visited.server.url}/users/${userId}/facts`, fact)).status).toBe(201);
    await using visitor = await open("/", { bypassCSP: true });
    const { page } = visitor;
    await visitor.signIn(userId);
    await page.goto(`${visited.server.url}/#/${session}`);
    await visitor.ask(QUESTION);
    await visitor.hasRead("It is xylophone.");
    await page
      .getByRole("button", { name: /^Details/ })
      .last()
      .click();
    const details = page.locator(".answer-details:visible");
    await details.getByRole("img", { name: /, 1 with facts$/ }).waitFor();
    await details.getByRole("button", { name: "Prompt", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Prompt", exact: true });
    await dialog.getByText(/received exactly these \d+ messages/).waitFor();
    for (const part of ["system", "window", "facts", "recalled", "question"])
      await dialog.locator(`li.${part}`).first().waitFor();
    await dialog.locator("li.question").getByRole("link", { name: "message 1001", exact: true }).waitFor();
    expect(await visitor.violations()).toEqual([]);
    await dialog
      .locator("li.facts")
      .getByRole("link", { name: /Ana owns a cellar/ })
      .click();
    await page.waitForSelector("#m3:focus");
  });

  it("facts that came into the prompt since the previous answer are listed", async () => {
    const userId = `singer-${crypto.randomUUID().slice(0, 8)}`;
    await using visitor = await open();
    const { page } = visitor;
    await visitor.signIn(userId);
    await visitor.ask("I sing.");
    await visitor.hasRead("You said: I sing.");
    await post(`${visited.server.url}/users/${userId}/facts`, { text: "Ana sings in a choir." });
    await visitor.ask("Where do I sing?");
    await visitor.hasRead("You said: Where do I sing?");
    await page
      .getByRole("button", { name: /^Details/ })
      .last()
      .click();
    const change = page.locator(".answer-details:visible li").filter({ hasText: "1 fact added:" });
    await change.getByText("Ana sings in a choir.").waitFor();
  });

  it("any message is explained: its rank, its score by part, and by how much it missed", async () => {
    const session = `why-${crypto.randomUUID()}`;
    await visited.remember(session, 1_000, SECRET);
    await using visitor = await open(`/#/${session}`, { bypassCSP: true });
    const { page } = visitor;
    await visitor.ask(QUESTION);
    await visitor.hasRead("It is xylophone.");
    await page
      .getByRole("button", { name: /^Details/ })
      .last()
      .click();
    const why = page.locator(".answer-details:visible .why-not");
    await why.getByRole("heading", { name: "If you asked this now", exact: true }).waitFor();
    const field = why.getByLabel("Number or words of a message", { exact: true });
    await field.fill("7");
    await page.keyboard.press("Enter");
    await why.getByText(/^Message 7: Recalled, rank 1\. Score \d+\.\d: words \d+\.\d/).waitFor();
    await field.fill("weather in chapter 20");
    await page.keyboard.press("Enter");
    await why
      .getByText(/^Message \d+: Not recalled/)
      .first()
      .waitFor();
    for (const [seq, reason] of [
      ["1000", "In the prompt, among the recent messages."],
      ["1001", "This is the question."],
      ["1002", "It came after the question."],
    ] as const) {
      await field.fill(seq);
      await page.keyboard.press("Enter");
      await why.getByText(`Message ${seq}: ${reason}`).waitFor();
    }
    await field.fill("4711");
    await page.keyboard.press("Enter");
    await why.getByRole("alert").getByText("This conversation has no such message.").waitFor();
    expect(await visitor.violations()).toEqual([]);
  });

  it("the days of the conversation are links on its map", async () => {
    const session = `map-${crypto.randomUUID()}`;
    await visited.remember(session, 1_000, SECRET);
    await using visitor = await open(`/#/${session}`);
    const { page } = visitor;
    await page.fill("#question", QUESTION);
    await page.getByRole("button", { name: /^Will send/ }).click();
    const days = page.locator(".days").getByRole("link");
    await expect.poll(() => days.count()).toBe(4);
    expect(await days.first().innerText()).toBe("Jan 1, 2024");
    await days.nth(1).click();
    await page.waitForSelector("#m334:focus");
  });
});

describe("facts", () => {
  it("have a history, whose versions are restored, and an edit that is undone", async () => {
    const userId = `facts-${crypto.randomUUID().slice(0, 8)}`;
    await post(`${visited.server.url}/users/${userId}/facts`, { text: "Ana lives in Porto." });
    await using visitor = await open("/", { bypassCSP: true });
    const { page } = visitor;
    await visitor.signIn(userId);
    await page.getByRole("button", { name: "Facts", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "What I know about you", exact: true });
    await dialog.getByRole("button", { name: "History: Ana lives in Porto.", exact: true }).click();
    await dialog.getByText("This fact has not changed.").waitFor();
    const change = async (from: string, to: string) => {
      await dialog.getByRole("button", { name: `Edit: ${from}`, exact: true }).click();
      await dialog.getByRole("textbox", { name: "Fact", exact: true }).fill(to);
      await page.keyboard.press("Enter");
      await dialog.getByRole("button", { name: `Edit: ${to}`, exact: true }).waitFor();
    };
    await change("Ana lives in Porto.", "Ana lives in Lisbon.");
    await change("Ana lives in Lisbon.", "Ana lives in Faro.");
    expect(await visitor.violations()).toEqual([]);
    await dialog.getByRole("button", { name: "Undo", exact: true }).last().click();
    await dialog.getByRole("button", { name: "Edit: Ana lives in Lisbon.", exact: true }).waitFor();
    const earlier = dialog.getByRole("list", { name: "Earlier versions of: Ana lives in Lisbon.", exact: true });
    await earlier.getByRole("listitem").filter({ hasText: "Porto" }).getByRole("button", { name: "Restore" }).click();
    await dialog.getByRole("button", { name: "Edit: Ana lives in Porto.", exact: true }).waitFor();
  });

  it("go back edit by edit with Undo", async () => {
    const userId = `undo-${crypto.randomUUID().slice(0, 8)}`;
    await post(`${visited.server.url}/users/${userId}/facts`, { text: "Ana lives in Porto." });
    await using visitor = await open();
    const { page } = visitor;
    await visitor.signIn(userId);
    await page.getByRole("button", { name: "Facts", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "What I know about you", exact: true });
    const shows = (text: string) => dialog.getByRole("button", { name: `Edit: ${text}`, exact: true }).waitFor();
    for (const [from, to] of [
      ["Ana lives in Porto.", "Ana lives in Lisbon."],
      ["Ana lives in Lisbon.", "Ana lives in Faro."],
    ] as const) {
      await dialog.getByRole("button", { name: `Edit: ${from}`, exact: true }).click();
      await dialog.getByRole("textbox", { name: "Fact", exact: true }).fill(to);
      await page.keyboard.press("Enter");
      await shows(to);
    }
    for (const text of ["Ana lives in Lisbon.", "Ana lives in Porto."]) {
      await dialog.getByRole("button", { name: "Undo", exact: true }).last().click();
      await shows(text);
    }
    await expect.poll(() => dialog.getByRole("button", { name: "Undo", exact: true }).count()).toBe(0);
  });
});

describe('"Forget that"', () => {
  it("offers the facts and turns it refers to, and deletes those that the user chooses", async () => {
    const userId = `forget-${crypto.randomUUID().slice(0, 8)}`;
    const url = `${visited.server.url}/users/${userId}`;
    await post(`${url}/facts`, { text: "Ana keeps bees in Lisbon." });
    await using visitor = await open("/", { bypassCSP: true });
    const { page } = visitor;
    await visitor.signIn(userId);
    await visitor.ask("My bees stand under a lime tree.");
    await visitor.hasRead(/^You said: My bees/);
    const told = visitor.session;
    await page.getByRole("button", { name: "New conversation", exact: true }).click();
    await visitor.ask("Please forget everything about my bees.");
    await visitor.hasRead(/^You said: Please forget/);
    const offer = page.getByRole("region", { name: "Forget", exact: true });
    const entry = (text: string) => offer.getByRole("listitem").filter({ hasText: text });
    await entry("Ana keeps bees in Lisbon.").waitFor();
    await entry("Please forget everything").waitFor();
    expect(await visitor.violations()).toEqual([]);
    await entry("Ana keeps bees in Lisbon.").getByRole("button", { name: "Forget", exact: true }).click();
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await entry("Ana keeps bees in Lisbon.").getByRole("button", { name: "Forget", exact: true }).click();
    await entry("under a lime tree").getByRole("button", { name: "Forget", exact: true }).click();
    await page.getByRole("button", { name: "Undo", exact: true }).first().waitFor({ state: "detached" });
    await expect.poll(async () => (await (await fetch(`${url}/facts`)).json()).data).toEqual([]);
    await expect.poll(() => visited.transcript(told)).toEqual([]);
  });

  it("without words offers the last exchange; other messages offer nothing", async () => {
    await using visitor = await open();
    const { page } = visitor;
    const offer = page.getByRole("region", { name: "Forget", exact: true });
    await visitor.ask("Don't forget that I keep bees.");
    await visitor.hasRead(/^You said: Don't forget/);
    expect(await offer.count()).toBe(0);
    await visitor.ask("Forget that.");
    await offer.getByRole("listitem").filter({ hasText: "I keep bees." }).waitFor();
    await visitor.hasRead("You said: Forget that.");
    await offer.getByRole("button", { name: "Close", exact: true }).click();
    await offer.waitFor({ state: "detached" });
  });
});
