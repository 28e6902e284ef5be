import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

describe("deleting", () => {
  it("each deletion has its own Undo", async () => {
    await using visitor = await open();
    const { page } = visitor;
    const list = page.getByRole("navigation", { name: "Conversations", exact: true });
    const sessions: string[] = [];
    for (const text of ["I keep bees.", "I like figs."]) {
      await page.getByRole("button", { name: "New conversation", exact: true }).click();
      await visitor.ask(text);
      await visitor.hasRead(`You said: ${text}`);
      sessions.push(visitor.session);
    }
    await list.getByRole("button", { name: "Delete I keep bees.", exact: true }).click();
    await list.getByRole("button", { name: "Delete I like figs.", exact: true }).click();
    const undo = page.getByRole("button", { name: "Undo", exact: true });
    await expect.poll(() => undo.count()).toBe(2);
    await undo.last().click();
    await undo.click();
    await expect.poll(() => list.getByRole("link").count()).toBe(2);
    for (const session of sessions) expect(await visited.transcript(session)).toHaveLength(2);
  });

  it("a question that is sent before the conversation was emptied is not deleted with it", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    await visitor.choose("Empty");
    await page.getByText("Start talking.").waitFor();
    await visitor.ask("I like figs.");
    await visitor.hasRead("You said: I like figs.");
    await page.getByRole("button", { name: "Undo", exact: true }).waitFor({ state: "detached" });
    const transcript = await visited.transcript(visitor.session);
    expect(transcript.map(({ content }) => content)).toEqual(["I like figs.", "You said: I like figs."]);
  });

  it("a question waits until the conversation is empty, and stays a draft if that fails", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    await page.route("**/reset", (route) => route.abort());
    await visitor.choose("Empty");
    await page.getByRole("heading", { name: "Start talking.", exact: true }).waitFor();
    await visitor.ask("I like figs.");
    await page.getByRole("alert").getByText("The server does not answer.").waitFor();
    await visitor.hasRead("You said: I keep bees.");
    await eventually(async () => expect(await page.inputValue("#question")).toBe("I like figs."));
    expect(await visited.transcript(visitor.session)).toHaveLength(2);
    await page.unroute("**/reset");
    await page.getByRole("alert").getByRole("button", { name: "Try again", exact: true }).click();
    await page.getByRole("button", { name: "Undo", exact: true }).waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await visitor.hasRead("You said: I like figs.");
    const transcript = await visited.transcript(visitor.session);
    expect(transcript.map(({ content }) => content)).toEqual(["I like figs.", "You said: I like figs."]);
  });

  it("a deletion that failed cannot be tried again after a new question", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    await page.route("**/reset", (route) => route.abort());
    await page.clock.install();
    await visitor.choose("Empty");
    await page.getByRole("button", { name: "Undo", exact: true }).waitFor();
    await page.clock.fastForward(10_000);
    await page.clock.resume();
    const again = page.getByRole("alert").getByRole("button", { name: "Try again", exact: true });
    await again.waitFor();
    await page.unroute("**/reset");
    await visitor.ask("I like figs.");
    await visitor.hasRead("You said: I like figs.");
    expect(await again.count()).toBe(0);
    expect(await visited.transcript(visitor.session)).toHaveLength(4);
  });
});
