import { describe, expect, it } from "vitest";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

describe("a discarded question", () => {
  const long = "word ".repeat(200_000).slice(0, 399_000);

  it("comes back as the draft, and leaves no empty conversation", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask(long);
    await visitor.sees("This message is too long for the model.");
    const listed = page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: /^word word/ });
    await listed.waitFor();
    await page.getByRole("button", { name: "Discard", exact: true }).click();
    await expect.poll(() => page.inputValue("#question")).toBe(long.trim());
    await listed.waitFor({ state: "detached" });
    await page.fill("#question", "Hello.");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await visitor.hasRead("You said: Hello.");
    await page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: "Hello." }).waitFor();
  });

  it("does not replace a draft, and its conversation stays if it has others", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("Hello.");
    await visitor.hasRead("You said: Hello.");
    visited.model.mode = "busy";
    try {
      await visitor.ask("Are you there?");
      await visitor.sees("The model is busy.");
    } finally {
      visited.model.release();
    }
    await page.fill("#question", "Something new");
    await page.getByRole("button", { name: "Discard", exact: true }).click();
    await page.getByText("Are you there?").waitFor({ state: "detached" });
    expect(await page.inputValue("#question")).toBe("Something new");
    await page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: "Hello." }).waitFor();
  });
});

describe("a text that is too long for its field", () => {
  it("is kept whole, refused with a sentence, and sent when it is shorter", async () => {
    await using visitor = await open();
    const { page } = visitor;
    const paste = (text: string) => page.evaluate((pasted) => document.execCommand("insertText", false, pasted), text);
    const problem = () =>
      page
        .locator("#question")
        .evaluate((field) => (field instanceof HTMLTextAreaElement ? field.validationMessage : ""));
    await page.focus("#question");
    await paste("x".repeat(400_001));
    await page.keyboard.press("Enter");
    await expect.poll(problem).toBe("This text has 400,001 characters. Shorten it to 400,000 or fewer.");
    expect((await page.inputValue("#question")).length).toBe(400_001);
    await page.fill("#question", "Hello.");
    await page.keyboard.press("Enter");
    await visitor.hasRead("You said: Hello.");

    await visitor.signIn(`facts-${Date.now()}`);
    await page.getByRole("button", { name: "Facts", exact: true }).click();
    const fact = page.getByLabel("A new fact", { exact: true });
    await fact.focus();
    await paste("y".repeat(501));
    await page.getByRole("button", { name: "Add", exact: true }).click();
    const why = () => fact.evaluate((field) => (field instanceof HTMLInputElement ? field.validationMessage : ""));
    await expect.poll(why).toBe("This text has 501 characters. Shorten it to 500 or fewer.");
    expect((await fact.inputValue()).length).toBe(501);
    await fact.fill("Keeps bees.");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Delete: Keeps bees.", exact: true }).waitFor();
    await expect.poll(() => fact.inputValue()).toBe("");
  });
});
