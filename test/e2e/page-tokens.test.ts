import { createHash } from "node:crypto";
import { sign } from "hono/jwt";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch } from "./support/browser";
import { Dev } from "./support/dev";
import { post } from "./support/http";
import { Visitor } from "./support/page";

const digestOf = (token: string) => createHash("sha256").update(token).digest("hex");
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const SESSION_KEY = "what the tokens of this test are signed with";

let server: Dev;
let browser: Browser;

beforeAll(async () => {
  const tokens = `${digestOf("mine")},acme:${digestOf("theirs")}`;
  server = new Dev(undefined, [
    "--var",
    "AUTH:tokens",
    "--var",
    `API_TOKENS:${tokens}`,
    "--var",
    `SESSION_KEY:${SESSION_KEY}`,
  ]);
  [browser] = await Promise.all([launch(), server.start()]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

const open = () => Visitor.open(browser, server.url);

async function give(visitor: Visitor, token: string): Promise<void> {
  await visitor.page.getByLabel("Token, if the server needs one", { exact: true }).fill(token);
  await visitor.page.getByRole("button", { name: "Continue", exact: true }).click();
}

describe("where the server wants a token", () => {
  it("the page asks for one and says what is wrong with a wrong one; with a right one it talks", async () => {
    await using visitor = await open();
    const { page } = visitor;
    const dialog = page.getByRole("dialog", { name: "Sign in", exact: true });
    await dialog.getByText("This server needs a token.").waitFor();
    await give(visitor, "wrong");
    await dialog.getByText("This server needs a token.").waitFor();
    await give(visitor, "mine");
    await dialog.waitFor({ state: "detached" });
    await visitor.ask("My secret is mango.");
    await visitor.hasRead("Noted. I will remember that.");
    await visitor.page.getByRole("article", { name: /^Stand-in, message 2$/ }).waitFor();
    await visitor.page.getByRole("button", { name: "New conversation", exact: true }).click();
    await visitor.page.getByText("A stand-in answers, not a language model.").waitFor();
    await visitor.page.getByText("npm run start:ollama", { exact: true }).waitFor();
    // The token is stored for this tab only.
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain("mine");
  });

  it("one that has expired is told of, in the server's words", async () => {
    const claims = { digest: digestOf("mine"), userId: "ana", exp: 1_000 };
    const token = await sign(claims, SESSION_KEY, "HS256");
    await using visitor = await open();
    await give(visitor, token);
    await visitor.page.getByRole("dialog").getByText("Your token has expired.").waitFor();
  });

  it("one of a user opens what is that user's: it talks, and lists their conversations", async () => {
    const made = await post(`${server.url}/tokens`, { userId: "bo", expiresIn: 600 }, bearer("mine"));
    const { token } = (await made.json()) as { token: string };
    await using visitor = await open();
    const { page } = visitor;
    await page.getByLabel(/^Your name, so/).fill("bo");
    await give(visitor, token);
    await page.getByRole("button", { name: "bo", exact: true }).waitFor();
    await visitor.ask("I keep bees.");
    await visitor.hasRead("Noted. I will remember that.");
    await page.getByRole("navigation").getByRole("link", { name: "I keep bees.", exact: true }).waitFor();
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("button", { name: "Help", exact: true }).waitFor();
    expect(await page.getByRole("button", { name: "All conversations", exact: true }).count()).toBe(0);
  });

  it("nothing of another tenant is in the page, nor of who was here before", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await give(visitor, "mine");
    await visitor.ask("My secret is mango.");
    await visitor.hasRead("Noted. I will remember that.");
    await page.getByRole("navigation").getByRole("link", { name: "My secret is mango.", exact: true }).waitFor();
    const spot = page.url();
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await give(visitor, "theirs");
    await page.getByText("Start talking.").waitFor();
    expect(await page.content()).not.toContain("mango");
    await page.goto(spot);
    await page.getByText("Start talking.").waitFor();
    expect(await page.content()).not.toContain("mango");
  });

  it("a name that is added keeps the token, the conversation and the list", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await give(visitor, "mine");
    await visitor.ask("I keep bees.");
    await visitor.hasRead("Noted. I will remember that.");
    const { session } = visitor;
    await visitor.signIn(`named-${crypto.randomUUID().slice(0, 8)}`);
    await visitor.hasRead("Noted. I will remember that.");
    expect(visitor.session).toBe(session);
    await page.getByRole("navigation").getByRole("link", { name: "I keep bees.", exact: true }).waitFor();
    await visitor.ask("And now?");
    await visitor.sees("And now?");
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("the URL of a message leads there after the token was entered", async () => {
    const session = `deep-${crypto.randomUUID()}`;
    const messages = Array.from({ length: 200 }, (_, at) => ({ role: "user", content: `Message ${at + 1}` }));
    await post(`${server.url}/sessions/${session}/messages`, { messages }, bearer("mine"));
    await using visitor = await Visitor.open(browser, `${server.url}/#/${session}/7`);
    await give(visitor, "mine");
    await visitor.page.waitForSelector("#m7:focus");
  });

  it("a question that was sent before the token was entered is sent afterwards", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await visitor.ask("I keep bees.");
    await page.getByRole("dialog").getByText("This server needs a token.").waitFor();
    await give(visitor, "mine");
    await visitor.hasRead("Noted. I will remember that.");
  });

  it("a new tab takes the token of an open one, and a new browser session only one that is kept on the device", async () => {
    await using visitor = await open();
    await give(visitor, "mine");
    await visitor.ask("I keep bees.");
    await visitor.hasRead("Noted. I will remember that.");
    const tab = await visitor.context.newPage();
    await tab.goto(visitor.page.url());
    await tab.getByText("Noted. I will remember that.").waitFor();
    expect(await tab.getByRole("dialog").count()).toBe(0);
    await tab.getByRole("button", { name: "Sign in", exact: true }).click();
    await tab.getByLabel("Keep the token on this device", { exact: true }).check();
    await tab.getByRole("button", { name: "Continue", exact: true }).click();
    await expect.poll(() => tab.evaluate(() => localStorage.getItem("llamory:token"))).toBe("mine");
    await tab.getByText("Noted. I will remember that.").waitFor();
    const url = tab.url();
    for (const page of visitor.context.pages()) await page.goto("about:blank");
    const later = await visitor.context.newPage();
    await later.goto(url);
    await later.getByText("Noted. I will remember that.").waitFor();
    await later.getByRole("button", { name: "Sign in", exact: true }).click();
    await later.getByText("What is stored where").waitFor();
    await later.getByRole("button", { name: "Sign out", exact: true }).click();
    await later.getByText("This server needs a token.").waitFor();
    expect(await later.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain('"mine"');
  });

  it("a session token is offered only what it may do", async () => {
    const session = `narrow-${crypto.randomUUID()}`;
    const userId = `bo-${crypto.randomUUID().slice(0, 8)}`;
    const messages = [{ role: "user", content: "I keep bees." }];
    await post(`${server.url}/sessions/${session}/messages`, { messages }, bearer("mine"));
    const cases = [
      { claims: { sessionIds: [session] }, path: `#/${session}`, deletes: 0 },
      { claims: { userId }, path: "", deletes: 2 },
    ];
    for (const { claims, path, deletes } of cases) {
      const made = await post(`${server.url}/tokens`, { ...claims, expiresIn: 600 }, bearer("mine"));
      const { token } = (await made.json()) as { token: string };
      await using visitor = await Visitor.open(browser, `${server.url}/${path}`);
      const { page } = visitor;
      const counts = (name: string) => page.getByRole("button", { name, exact: true }).count();
      if (claims.userId !== undefined) await page.getByLabel(/^Your name, so/).fill(claims.userId);
      await give(visitor, token);
      await visitor.ask("I like figs.");
      await visitor.hasRead("Noted. I will remember that.");
      await page.getByRole("button", { name: "Try again", exact: true }).waitFor();
      await expect.poll(() => counts("Delete")).toBe(deletes);
      expect(await counts("Edit")).toBe(1);
      await page.getByRole("button", { name: /^Details/ }).click();
      await page
        .locator(".answer-details:visible")
        .getByText(/answer \d+ tokens?/)
        .waitFor();
      expect(await counts("Prompt")).toBe(0);
      expect(await page.getByRole("heading", { name: "If you asked this now" }).count()).toBe(0);
      await page.getByRole("button", { name: "More", exact: true }).click();
      await page.getByRole("button", { name: "Costs", exact: true }).waitFor();
      for (const name of ["Export", "Save as Markdown", "Import", "Empty"]) expect(await counts(name)).toBe(0);
      await page.keyboard.press("Escape");
      await page.getByRole("navigation").getByRole("link").first().waitFor();
      expect(await page.getByRole("button", { name: /^(?:Rename|Delete) ./ }).count()).toBe(0);
      await visitor.ask("Forget that.");
      await visitor.hasRead("Forget that.");
      expect(await page.getByRole("region", { name: "Forget", exact: true }).count()).toBe(deletes === 0 ? 0 : 1);
    }
  });
});
