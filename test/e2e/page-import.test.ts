import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./support/bundle";
import { post } from "./support/http";
import { type Visitor, visitedServer } from "./support/page";

const visited = visitedServer();

const WAIT = { timeout: 30_000 };

/** Returns a conversation of ChatGPT. Its first message names a password. */
function conversation(id: string) {
  const texts = ["Remember this: the password of the cellar is lavender.", "I will remember it."];
  const nodes = texts.map((text, at) => [
    `n${at}`,
    {
      parent: at === 0 ? null : `n${at - 1}`,
      message: {
        author: { role: at === 0 ? "user" : "assistant" },
        create_time: 1_714_557_600 + at,
        content: { content_type: "text", parts: [text] },
      },
    },
  ]);
  return { id, title: "The cellar", current_node: "n1", mapping: Object.fromEntries(nodes) };
}

/** Drops a file on the page. */
const drop = ({ page }: Visitor, name: string, content: string) =>
  page.evaluate(
    ([fileName, text]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text ?? ""], fileName ?? ""));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, content],
  );

describe("the history of another product", () => {
  it("is dropped on the page, asked about in a new conversation, and shown as the source", async () => {
    await using visitor = await visited.open();
    const { page } = visitor;
    await visitor.signIn(`import-${randomUUID().slice(0, 8)}`);
    const id = randomUUID();
    await drop(visitor, "conversations.json", JSON.stringify([conversation(id)]));
    const dialog = page.getByRole("dialog", { name: "Import a history", exact: true });
    await dialog.getByText("conversations.json", { exact: false }).first().waitFor(WAIT);
    expect(await visitor.violations()).toEqual([]);
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
    await dialog.getByText("Imported: 1 conversation, 2 new messages.", { exact: true }).waitFor(WAIT);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached", ...WAIT });

    const list = page.getByRole("navigation", { name: "Conversations" });
    await list.getByRole("link", { name: "The cellar" }).waitFor(WAIT);
    await visitor.ask("What is the password of the cellar?");
    await visitor.hasRead("It is lavender.");
    await page.getByText("Details").last().click();
    const source = page
      .locator("ol.message-links")
      .getByRole("link", { name: "Remember this: the password of the cellar is lavender.", exact: true });
    await source.waitFor(WAIT);
    await source.click();
    await expect.poll(() => visitor.session, WAIT).toBe(`chatgpt:${id}`);
    await visitor.hasRead("I will remember it.");
  });

  it("adds nothing when it is dropped again, and opens its conversation", async () => {
    await using visitor = await visited.open();
    const { page } = visitor;
    const id = randomUUID();
    for (const said of ["1 conversation, 2 new messages", "1 conversation, 0 new messages"]) {
      await drop(visitor, "conversations.json", JSON.stringify([conversation(id)]));
      const dialog = page.getByRole("dialog", { name: "Import a history", exact: true });
      await dialog.getByRole("button", { name: "Import", exact: true }).click();
      await dialog.getByText(`Imported: ${said}.`, { exact: true }).waitFor(WAIT);
      await dialog.getByRole("button", { name: "Open", exact: true }).click();
      await visitor.hasRead("I will remember it.");
    }
    expect(await visited.transcript(`chatgpt:${id}`)).toHaveLength(2);
  });

  it("of several people is imported with the user's own name", async () => {
    await using visitor = await visited.open();
    const dialog = visitor.page.getByRole("dialog", { name: "Import a history", exact: true });
    const chat = readFileSync(join(root, "test/converters/samples/result.json"), "utf8");
    await drop(visitor, "result.json", chat);
    await dialog.getByLabel("Your name in chats of several people (optional)").fill("Ana");
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
    await dialog.getByText("Imported: 1 conversation, 4 new messages.", { exact: true }).waitFor(WAIT);
    await dialog.getByRole("button", { name: "Open", exact: true }).click();
    await visitor.hasRead("[sticker 🐝]");
  });

  it("of no known format is refused with a sentence", async () => {
    await using visitor = await visited.open();
    const dialog = visitor.page.getByRole("dialog", { name: "Import a history", exact: true });
    await drop(visitor, "notes.txt", "Nothing of interest.");
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
    await dialog.getByRole("alert").getByText("Its format is not recognized.", { exact: true }).waitFor(WAIT);
  });
});

describe("the export of a user", () => {
  it("is asked about and imported into the user of the page, or into another one", async () => {
    await using visitor = await visited.open();
    const { page } = visitor;
    const [from, user] = [`from-${randomUUID().slice(0, 8)}`, `into-${randomUUID().slice(0, 8)}`];
    const { url } = visited.server;
    await visited.remember(`s-${from}`, 1, { at: 0, content: "The attic smells of quinces.", userId: from });
    await post(`${url}/users/${from}/facts`, { text: "Keeps bees." });
    const exported = async () => (await fetch(`${url}/users/${from}/export`)).text();
    await expect.poll(exported, WAIT).toContain("quinces");
    const lines = await exported();
    await visitor.signIn(user);
    await drop(visitor, "ana.ndjson", `\ufeff${lines}`);
    const dialog = page.getByRole("dialog", { name: "Import a user", exact: true });
    await expect.poll(() => dialog.getByLabel("The user's name", { exact: true }).inputValue(), WAIT).toBe(user);
    expect(await visitor.violations()).toEqual([]);
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
    await dialog.getByText("Imported: 1 conversation, 1 new fact.", { exact: true }).waitFor(WAIT);
    await dialog.getByRole("button", { name: "Open", exact: true }).click();
    await visitor.hasRead("The attic smells of quinces.");
    const facts = await (await fetch(`${url}/users/${user}/facts`)).json();
    expect(facts).toMatchObject({ data: [{ text: "Keeps bees." }] });

    const other = `other-${randomUUID().slice(0, 8)}`;
    await drop(visitor, "ana.ndjson", lines);
    await dialog.getByLabel("The user's name", { exact: true }).fill(other);
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
    await dialog.getByText("Imported: 1 conversation, 1 new fact.", { exact: true }).waitFor(WAIT);
  });

  it("that is cut off is refused with a sentence", async () => {
    await using visitor = await visited.open();
    await drop(visitor, "half.ndjson", '{"llamory":"user","version":1}\n');
    const dialog = visitor.page.getByRole("dialog", { name: "Import a user", exact: true });
    await dialog.getByLabel("The user's name", { exact: true }).fill("ana");
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
    await dialog.getByRole("alert").getByText("It is cut off in the middle of a page. Export again.").waitFor(WAIT);
  });
});

describe("an export of Llamory that is cut off", () => {
  it("is refused in words for the person who chose it", async () => {
    await using visitor = await visited.open();
    await drop(visitor, "half.ndjson", '{"llamory":"session","version":1}\n');
    const refused = visitor.page.getByRole("alert");
    await refused
      .getByText("line.2: an export ends with `end`: this one is incomplete.", { exact: true })
      .waitFor(WAIT);
  });
});
