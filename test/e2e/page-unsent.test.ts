import { describe, expect, it } from "vitest";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

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
