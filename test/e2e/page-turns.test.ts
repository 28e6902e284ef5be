import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { post } from "./support/http";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

const contents = async (session: string) => (await visited.transcript(session)).map(({ content }) => content);

describe("the last question", () => {
  it("is edited in its place, by keyboard, and the old turn is gone", async () => {
    await using visitor = await open("/", { bypassCSP: true });
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    await visitor.ask("Where do bears sleep?");
    await visitor.hasRead("You said: Where do bears sleep?");
    await page.getByRole("button", { name: "Edit", exact: true }).last().focus();
    await page.keyboard.press("Enter");
    const field = page.getByRole("textbox", { name: "Edit your message", exact: true });
    await page.getByText("The new answer takes the place of the old one.").waitFor();
    expect(await visitor.violations()).toEqual([]);
    expect(await page.getByRole("textbox").last().getAttribute("id")).toBe("question");
    await page.keyboard.press("Escape");
    await field.waitFor({ state: "detached" });
    await page.waitForSelector("article:focus");
    await page.getByRole("button", { name: "Edit", exact: true }).last().click();
    await field.fill("Where do bees sleep?");
    await page.keyboard.press("Enter");
    await visitor.hasRead("You said: Where do bees sleep?");
    expect(await page.getByText("bears").count()).toBe(0);
    expect(await contents(visitor.session)).toEqual([
      "I keep bees.",
      "You said: I keep bees.",
      "Where do bees sleep?",
      "You said: Where do bees sleep?",
    ]);
  });

  it("is asked again in its place, and the old answer stays if that fails", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    const [, before] = await visited.transcript(visitor.session);
    await page.getByRole("button", { name: "Try again", exact: true }).click();
    await expect.poll(async () => (await visited.transcript(visitor.session))[1]?.turnId).not.toBe(before?.turnId);
    await visitor.hasRead("You said: I keep bees.");
    expect(await contents(visitor.session)).toEqual(["I keep bees.", "You said: I keep bees."]);
    visited.model.mode = "busy";
    await page.getByRole("button", { name: "Try again", exact: true }).click();
    await page.locator(".transcript").getByRole("alert").waitFor();
    visited.model.mode = "answer";
    await visitor.hasRead("You said: I keep bees.");
    await page.getByRole("button", { name: "Discard", exact: true }).click();
    await page.getByRole("button", { name: "Try again", exact: true }).waitFor();
    expect(await contents(visitor.session)).toEqual(["I keep bees.", "You said: I keep bees."]);
  });
});

describe("an earlier question", () => {
  it("is edited in a copy of the conversation, which ends before it", async () => {
    await using visitor = await open();
    const { page } = visitor;
    for (const text of ["I keep bees.", "I like figs.", "I sing."]) {
      await visitor.ask(text);
      await visitor.hasRead(`You said: ${text}`);
    }
    const original = visitor.session;
    await page.getByRole("button", { name: "Edit", exact: true }).nth(1).click();
    await page.getByText("This conversation stays as it is.").waitFor();
    await page.getByRole("textbox", { name: "Edit your message", exact: true }).fill("I like dates.");
    await page.keyboard.press("Enter");
    await visitor.hasRead("You said: I like dates.");
    expect(visitor.session).not.toBe(original);
    expect(await contents(visitor.session)).toEqual([
      "I keep bees.",
      "You said: I keep bees.",
      "I like dates.",
      "You said: I like dates.",
    ]);
    expect(await contents(original)).toHaveLength(6);
  });

  it("that is the first one is edited in a new conversation", async () => {
    await using visitor = await open();
    const { page } = visitor;
    for (const text of ["I keep bees.", "I like figs."]) {
      await visitor.ask(text);
      await visitor.hasRead(`You said: ${text}`);
    }
    await page.getByRole("button", { name: "Edit", exact: true }).first().click();
    await page.getByRole("textbox", { name: "Edit your message", exact: true }).fill("I keep goats.");
    await page.keyboard.press("Enter");
    await visitor.hasRead("You said: I keep goats.");
    expect(await contents(visitor.session)).toEqual(["I keep goats.", "You said: I keep goats."]);
  });
});

describe("an edited question", () => {
  it("stays in its form if a deletion before it, or the copy of the conversation, fails", async () => {
    await using visitor = await open();
    const { page } = visitor;
    for (const text of ["I keep bees.", "I like figs.", "I sing."]) {
      await visitor.ask(text);
      await visitor.hasRead(`You said: ${text}`);
    }
    const original = visitor.session;
    const field = page.getByRole("textbox", { name: "Edit your message", exact: true });
    const notice = page.getByRole("alert").getByText("The server does not answer.");
    const refuse = async (question: string, text: string) => {
      await page.locator(question).getByRole("button", { name: "Edit", exact: true }).click();
      await field.fill(text);
      await page.keyboard.press("Enter");
      await notice.first().waitFor();
      await eventually(async () => expect(await field.inputValue()).toBe(text));
    };
    const discard = page.getByRole("button", { name: "Cancel", exact: true });
    await page.route("**/turns/*", (route) => route.abort());
    for (const question of ["#m5", "#m3"]) {
      await page.locator("#m1").getByRole("button", { name: "Delete", exact: true }).click();
      await page.locator("#m1").waitFor({ state: "detached" });
      await refuse(question, `An edit of ${question}`);
      await discard.click();
    }
    await page.unroute("**/turns/*");
    await page.route("**/fork", (route) => route.abort());
    await refuse("#m3", "I like dates.");
    await page.unroute("**/fork");
    await field.press("Enter");
    await visitor.hasRead("You said: I like dates.");
    expect(await contents(visitor.session)).toEqual([
      "I keep bees.",
      "You said: I keep bees.",
      "I like dates.",
      "You said: I like dates.",
    ]);
    expect(await contents(original)).toHaveLength(6);
  });
});

describe("a turn", () => {
  it("is deleted after a moment, and comes back with Undo", async () => {
    await using visitor = await open("/", { bypassCSP: true });
    const { page } = visitor;
    for (const text of ["My password is mango.", "I like figs."]) {
      await visitor.ask(text);
      await visitor.hasRead(`You said: ${text}`);
    }
    const first = page.locator("#m2");
    await first.getByRole("button", { name: "Delete", exact: true }).click();
    await first.waitFor({ state: "detached" });
    expect(await page.locator("#m1").count()).toBe(0);
    await page.getByText("Question and answer deleted.").waitFor();
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await first.waitFor();
    await first.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Undo", exact: true }).waitFor({ state: "detached" });
    await expect.poll(() => contents(visitor.session)).toEqual(["I like figs.", "You said: I like figs."]);
    await visitor.hasRead("You said: I like figs.");
  });

  it("is deleted before the next question is asked, and a message without a turn too", async () => {
    const session = `parts-${crypto.randomUUID()}`;
    await visited.append(session, [{ role: "user", content: "The password of the cellar is mango." }]);
    await using visitor = await open(`/#/${session}`);
    const { page } = visitor;
    await visitor.ask("The password of the cellar is papaya.");
    await visitor.hasRead(/^It is/);
    for (const seq of [1, 3])
      await page.locator(`#m${seq}`).getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("Message deleted.").waitFor();
    await visitor.ask("What is the password of the cellar?");
    await visitor.hasRead("You said: What is the password of the cellar?");
    expect(await contents(session)).toHaveLength(2);
  });
});

describe("a temporary conversation", () => {
  it("uses the memory of the user and its own messages, and the server stores nothing of it", async () => {
    const userId = `temp-${crypto.randomUUID().slice(0, 8)}`;
    await post(`${visited.server.url}/ask`, {
      sessionId: `told-${crypto.randomUUID()}`,
      userId,
      question: "The password of the cellar is xylophone.",
    });
    await using visitor = await open("/", { bypassCSP: true });
    const { page } = visitor;
    await visitor.signIn(userId);
    await visitor.choose("Temporary conversation");
    await page.getByText("This conversation is temporary.").waitFor();
    expect(await visitor.violations()).toEqual([]);
    await visitor.ask("What is the password of the cellar?");
    await visitor.sees("It is xylophone.");
    await visitor.ask("I like figs.");
    await visitor.sees("You said: I like figs.");
    const asked = page.waitForRequest((request) => request.url().endsWith("/ask"));
    await visitor.ask("Thank you.");
    expect((await asked).postDataJSON()).toMatchObject({ remember: false, before: { length: 4 } });
    await visitor.sees("You said: Thank you.");
    expect(await visitor.violations()).toEqual([]);
    expect(await visited.transcript(visitor.session)).toEqual([]);
    await page.reload();
    await page.getByText("This conversation is temporary.").waitFor();
    await expect.poll(() => page.getByRole("navigation").getByRole("link").count()).toBe(1);
  });

  it("is stopped, and keeps the text so far", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.choose("Temporary conversation");
    await visitor.ask("Count slowly.");
    await visitor.sees(/word3/);
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByRole("button", { name: "Stop", exact: true }).waitFor({ state: "detached" });
    await visitor.sees(/word3/);
    await visitor.ask("Thank you.");
    await visitor.sees("You said: Thank you.");
    expect(await visited.transcript(visitor.session)).toEqual([]);
  });
});
