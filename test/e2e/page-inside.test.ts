import { describe, expect, it } from "vitest";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

describe("to look inside", () => {
  it("a fact from 3,000 messages ago is quoted, shown with its reasons, and a link leads there", async () => {
    const session = `old-${crypto.randomUUID()}`;
    await visited.remember(session, 3_000, { at: 6, content: "The password of the cellar is xylophone." });
    await using visitor = await open(`/#/${session}`);
    const { page } = visitor;
    await visitor.ask("What is the password of the cellar?");
    await visitor.hasRead("It is xylophone.");
    await page
      .getByRole("button", { name: /^Details/ })
      .last()
      .click();
    const recalled = page
      .locator("ol.message-links")
      .getByRole("link", { name: "The password of the cellar is xylophone.", exact: true });
    await recalled.waitFor();
    expect(await page.locator(".legend").first().innerText()).toMatch(
      /System prompt[\s\S]*Recalled[\s\S]*Reserved for the reply/,
    );
    expect(
      await page.getByRole("img", { name: /^Of 3002 messages: recent messages \d+ to \d+, \d+ recalled$/ }).count(),
    ).toBe(1);
    await recalled.click();
    await page.waitForSelector("#m7:focus");
    expect(await page.locator("#m7").innerText()).toContain("xylophone");
    expect(await page.locator("article").count()).toBeLessThanOrEqual(150);
  });

  it("while a question is written, what would be remembered is shown", async () => {
    const session = `preview-${crypto.randomUUID()}`;
    await visited.remember(session, 1_000, { at: 6, content: "The password of the cellar is xylophone." });
    await using visitor = await open(`/#/${session}`);
    await visitor.page.fill("#question", "What is the password of the cellar?");
    await visitor.page.getByText(/Will send \d+ recent and \d+ recalled messages/).click();
    await visitor.page.locator(".preview ol.message-links").getByText("xylophone").waitFor();
    expect(await visited.transcript(session)).toHaveLength(100);
  });

  it("the exact prompt of the next question is shown by part, and its lines lead to the messages", async () => {
    const session = `prompt-${crypto.randomUUID()}`;
    await visited.remember(session, 1_000, { at: 6, content: "The password of the cellar is xylophone." });
    await using visitor = await open(`/#/${session}`, { bypassCSP: true });
    const { page } = visitor;
    await page.fill("#question", "What is the password of the cellar?");
    await page.getByRole("button", { name: "Prompt", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Prompt", exact: true });
    await dialog.getByText("System prompt").waitFor();
    expect(await dialog.locator("li.window").last().innerText()).toContain("message 1000");
    expect(await dialog.locator("li.question").innerText()).toContain("What is the password of the cellar?");
    expect(await visitor.violations()).toEqual([]);
    await dialog
      .locator("li.recalled")
      .getByRole("link", { name: /The password of the cellar is xylophone/ })
      .click();
    await page.waitForSelector("#m7:focus");
  });

  it("other budgets are tried side by side before a question is sent", async () => {
    const session = `budgets-${crypto.randomUUID()}`;
    await visited.remember(session, 1_000, { at: 6, content: "The password of the cellar is xylophone." });
    await using visitor = await open(`/#/${session}`, { bypassCSP: true });
    const { page } = visitor;
    await page.fill("#question", "What is the password of the cellar?");
    await page.getByRole("button", { name: /^Will send/ }).click();
    await page.getByLabel(/^Recalled messages/).fill("0");
    const columns = page.locator(".columns > div");
    await columns.first().waitFor();
    expect(await columns.first().innerText()).toContain("xylophone");
    expect(await columns.last().innerText()).toContain("0 excerpts");
    expect(await visitor.violations()).toEqual([]);
  });

  it("a trial of budgets that failed shows its failure until the next one succeeds", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await page.fill("#question", "What is the password of the cellar?");
    await page.getByRole("button", { name: /^Will send/ }).click();
    const recall = page.getByLabel(/^Recalled messages/);
    await recall.waitFor();
    await page.route("**/context", (route) => route.abort());
    await recall.fill("0");
    const failure = page.locator(".budget-trial").getByRole("alert");
    await failure.waitFor();
    await page.unroute("**/context");
    await page.getByLabel(/^Recent messages/).fill("0");
    await page.locator(".columns > div").first().waitFor();
    expect(await failure.count()).toBe(0);
  });

  it("what changed since the previous answer is listed, and prompt tokens are shown once", async () => {
    const session = `change-${crypto.randomUUID()}`;
    await visited.remember(session, 3_000, { at: 6, content: "The password of the cellar is xylophone." });
    await using visitor = await open(`/#/${session}`, { bypassCSP: true });
    const { page } = visitor;
    await visitor.ask("What is the password of the cellar?");
    await visitor.hasRead("It is xylophone.");
    await visitor.ask("Which trains go to Porto?");
    await visitor.hasRead("You said: Which trains go to Porto?");
    await page
      .getByRole("button", { name: /^Details/ })
      .last()
      .click();
    await page.getByRole("heading", { name: "Since the previous answer", exact: true }).waitFor();
    expect(await page.getByText(/excerpts? dropped:/).count()).toBe(1);
    const details = await page.locator(".answer-details:visible").innerText();
    expect(details.match(/[\d,]+ of [\d,]+ tokens used/g)).toHaveLength(1);
    expect(details.match(/tokens/g)).toHaveLength(2);
    expect(await visitor.violations()).toEqual([]);
  });

  it("a chip says how many excerpts an answer was made from", async () => {
    const session = `chip-${crypto.randomUUID()}`;
    await visited.remember(session, 3_000, { at: 6, content: "The password of the cellar is xylophone." });
    await using visitor = await open(`/#/${session}`);
    await visitor.ask("What is the password of the cellar?");
    await visitor.hasRead("It is xylophone.");
    await visitor.page.getByRole("button", { name: /^Details: \d+ excerpts? from 1 conversation$/ }).waitFor();
  });

  it("search says where it searches, and shows the titles of conversations", async () => {
    const userId = `seeker-${crypto.randomUUID().slice(0, 8)}`;
    const session = `search-${crypto.randomUUID()}`;
    await visited.remember(session, 1, { at: 0, content: "The hives stand under a lime tree.", userId });
    await using visitor = await open();
    const { page } = visitor;
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await page.getByText("Searches this conversation.").waitFor();
    await page.keyboard.press("Escape");
    await visitor.signIn(userId);
    await page
      .getByRole("navigation")
      .getByRole("link", { name: /^The hives stand/ })
      .waitFor();
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await page.getByLabel("Search text", { exact: true }).fill("lime");
    await page.keyboard.press("Enter");
    await page.getByText("1 found, best first, in all conversations.").waitFor();
    await page.getByText(/^The hives stand under a lime tree\. · user/).waitFor();
  });

  it("search finds a place in the transcript", async () => {
    const session = `search-${crypto.randomUUID()}`;
    await visited.remember(session, 300, { at: 6, content: "The password of the cellar is xylophone." });
    await using visitor = await open(`/#/${session}`);
    const { page } = visitor;
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await page.getByLabel("Search text", { exact: true }).fill("cellar");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "The password of the cellar is xylophone.", exact: true }).click();
    await page.waitForSelector("#m7:focus");
  });

  it("the tokens and the price of the whole conversation are summed up", async () => {
    await using visitor = await open();
    const { page } = visitor;
    const dialog = page.getByRole("dialog", { name: "Costs", exact: true });
    await visitor.choose("Costs");
    await dialog.getByText("No model has answered in this conversation.").waitFor();
    await page.keyboard.press("Escape");
    for (const question of ["I keep bees.", "I like figs."]) {
      await visitor.ask(question);
      await visitor.hasRead(`You said: ${question}`);
    }
    const messages = await visited.transcript(visitor.session);
    const turns = await Promise.all(
      messages
        .filter(({ role }) => role === "assistant")
        .map(async ({ turnId }) => {
          const turn = await fetch(`${visited.server.url}/sessions/${visitor.session}/turns/${turnId}`);
          return (await turn.json()) as { model: string; usage: { promptTokens: number } };
        }),
    );
    const tokens = turns.reduce((sum, { usage }) => sum + usage.promptTokens, 0);
    await visitor.choose("Costs");
    await dialog.getByText(`2 answers · prompts ${tokens.toLocaleString("en")} tokens`).waitFor();
    await dialog.getByText(turns[0]?.model ?? "", { exact: true }).waitFor();
  });

  it("search loads further results", async () => {
    const session = `search-${crypto.randomUUID()}`;
    await visited.remember(session, 200);
    await using visitor = await open(`/#/${session}`);
    const { page } = visitor;
    await page.getByRole("button", { name: "Search", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Search", exact: true });
    await dialog.getByRole("searchbox", { name: "Search text", exact: true }).fill("weather");
    await page.keyboard.press("Enter");
    await dialog.getByText("20 found, best first, in this conversation.").waitFor();
    await dialog.getByRole("button", { name: "Show further results", exact: true }).click();
    await dialog.getByText("100 found, best first, in this conversation.").waitFor();
    expect(await dialog.getByRole("link").count()).toBe(100);
    expect(await dialog.getByRole("button", { name: "Show further results", exact: true }).count()).toBe(0);
  });

  it("a mark on the map of the conversation leads to its message", async () => {
    const session = `map-${crypto.randomUUID()}`;
    await visited.remember(session, 3_000, { at: 6, content: "The password of the cellar is xylophone." });
    await using visitor = await open(`/#/${session}`);
    const { page } = visitor;
    await visitor.ask("What is the password of the cellar?");
    await visitor.hasRead("It is xylophone.");
    const chip = page.getByRole("button", { name: /^Details/ }).last();
    await chip.click();
    const marks = page.locator(".answer-details:visible .strip a.recalled");
    await marks.first().waitFor();
    // Days, from the first message to the question.
    await page.locator(".answer-details:visible .days").getByText("Jan 1, 2024").waitFor();
    const target = await marks.first().getAttribute("href");
    await marks.first().dispatchEvent("click");
    await page.waitForSelector(`#m${target?.split("/").at(-1)}:focus`);
  });
});
