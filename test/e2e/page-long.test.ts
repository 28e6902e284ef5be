import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

const END = { name: "Go to the end", exact: true };

describe("a long conversation", () => {
  it("shows a question that is sent far above the end, and its answer, and keeps both in view", async () => {
    const session = `found-${crypto.randomUUID()}`;
    await visited.remember(session, 5_000);
    await using visitor = await open(`/#/${session}/2346`);
    const { page } = visitor;
    await page.waitForSelector("#m2346:focus");
    await page.getByRole("button", END).waitFor();
    await visitor.ask("Are you there?");
    await visitor.hasRead("You said: Are you there?");
    const answer = page.locator("#m5002");
    expect(await answer.innerText()).toContain("You said: Are you there?");
    await expect.poll(() => visitor.isInView(answer)).toBe(true);
    expect(await page.locator("#m5001").innerText()).toContain("Are you there?");
    expect(new URL(page.url()).hash).toBe(`#/${session}`);
  });

  it("shows a question that is sent while the view is scrolled up", async () => {
    const session = `scrolled-${crypto.randomUUID()}`;
    await visited.remember(session, 120);
    await using visitor = await open(`/#/${session}`);
    const { page } = visitor;
    await page.locator("#m120").waitFor();
    await page.locator(".transcript").evaluate((list) => {
      list.scrollTop = 0;
    });
    await page.getByRole("button", END).waitFor();
    await visitor.ask("Are you there?");
    const question = page.locator("article", { hasText: "Are you there?" }).first();
    await expect.poll(() => visitor.isInView(question)).toBe(true);
  });

  it("has a button that leads to the end", async () => {
    const session = `end-${crypto.randomUUID()}`;
    await visited.remember(session, 1_000);
    await using visitor = await open(`/#/${session}/10`);
    const { page } = visitor;
    await page.waitForSelector("#m10:focus");
    await page.getByRole("button", END).click();
    await page.locator("#m1000").waitFor();
    await expect.poll(() => visitor.isInView(page.locator("#m1000"))).toBe(true);
    await page.getByRole("button", END).waitFor({ state: "detached" });
  });

  it("loads older messages when its start is reached, and the message in view stays where it is", async () => {
    const session = `older-${crypto.randomUUID()}`;
    await visited.remember(session, 400);
    await using visitor = await open(`/#/${session}`);
    const { page } = visitor;
    const list = page.locator(".transcript");
    await page.locator("#m400").waitFor();
    const first = page.locator("#m351");
    await first.waitFor();
    await list.evaluate((element) => {
      element.scrollTop = 0;
    });
    await page.locator("#m301").waitFor({ state: "attached" });
    await expect.poll(() => visitor.isInView(first)).toBe(true);
  });

  it("goes to a date, and to its first message", async () => {
    const session = `dates-${crypto.randomUUID()}`;
    // A message an hour, from 2024-01-01 on.
    await visited.remember(session, 2_000);
    await using visitor = await open(`/#/${session}`, { timezoneId: "UTC" });
    const { page } = visitor;
    await page.locator("#m2000").waitFor();
    await visitor.choose("Go to a date");
    await page.getByLabel("Date", { exact: true }).fill("2024-02-01");
    await page.getByRole("button", { name: "Go", exact: true }).click();
    await page.waitForSelector(`#m${31 * 24 + 1}:focus`);
    await visitor.choose("Go to a date");
    await page.getByRole("button", { name: "First message", exact: true }).click();
    await page.waitForSelector("#m1:focus");
  });

  it("of long messages, of which a request returns few, is read without a gap", async () => {
    const session = `heavy-${crypto.randomUUID()}`;
    // The server returns 4,000,000 characters at once: 20 of these messages.
    const messages = Array.from({ length: 60 }, (_, at) => ({
      message: { role: "user", content: `${at + 1} `.padEnd(200_000, "x"), createdAt: "2024-01-01T00:00:00.000Z" },
    }));
    await visited.restore(session, [{ llamory: "session", version: 1 }, ...messages, { end: { messages: 60 } }]);
    await using visitor = await open(`/#/${session}/10`);
    const { page } = visitor;
    await page.waitForSelector("#m10:focus");
    const numbers = () => page.locator("article[id]").evaluateAll((all) => all.map(({ id }) => Number(id.slice(1))));
    await page.locator(".transcript").evaluate((list) => {
      list.scrollTop = list.scrollHeight;
    });
    await eventually(async () => expect((await numbers()).at(-1)).toBeGreaterThan(10));
    const shown = await numbers();
    expect(shown).toEqual(Array.from(shown, (_, at) => (shown[0] ?? 0) + at));
    await page.goto("about:blank");
    await page.goto(`${visited.server.url}/#/${session}`);
    await page.locator("#m60").waitFor();
    await page.getByRole("button", { name: "Show older messages", exact: true }).click();
    await page.locator("#m21").waitFor();
  });

  it("of no messages is read with one request", async () => {
    await using visitor = await open();
    const requests: string[] = [];
    visitor.page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    await visitor.page.getByRole("button", { name: "New conversation", exact: true }).click();
    await visitor.page.getByRole("heading", { name: "Start talking.", exact: true }).waitFor();
    await eventually(() => expect(requests).toContain(`/sessions/${visitor.session}`));
    await visitor.page.evaluate(() => new Promise(requestAnimationFrame));
    expect(requests.filter((path) => path.endsWith("/messages"))).toHaveLength(1);
  });

  it("finds a place for the URL of a message that was deleted", async () => {
    const session = `deleted-${crypto.randomUUID()}`;
    await visited.remember(session, 10);
    await using visitor = await open(`/#/${session}/4000`);
    await visitor.page.locator("#m10").waitFor();
  });
});

describe("the list of conversations", () => {
  it("shows 2,000 conversations by day, filters them, and keeps its length when a question is sent", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await page.evaluate(() => {
      const sessions = Array.from({ length: 2_000 }, (_, at) => ({
        sessionId: `kept-${at}`,
        title: `Conversation ${at}`,
        lastAt: new Date(Date.now() - at * 3_600_000).toISOString(),
      }));
      localStorage.setItem("llamory:sessions:", JSON.stringify(sessions));
    });
    await page.reload();
    const list = page.getByRole("navigation", { name: "Conversations", exact: true });
    await list.getByRole("heading", { name: "Yesterday", exact: true }).waitFor();
    expect(await list.getByRole("link").count()).toBe(2_000);
    await visitor.ask("Are you there?");
    await visitor.hasRead("You said: Are you there?");
    expect(await list.getByRole("link").count()).toBe(2_000);
    await list.getByRole("searchbox", { name: "Filter conversations", exact: true }).fill("conversation 1234");
    await expect.poll(() => list.getByRole("link").allInnerTexts()).toEqual(["Conversation 1234"]);
  });

  it("loads more of a user's conversations at its end, and all of them for a filter", async () => {
    const userId = `many-${crypto.randomUUID()}`;
    const sessions = Array.from({ length: 230 }, (_, at) => `${userId}-${at}`);
    for (let from = 0; from < sessions.length; from += 10) {
      await Promise.all(
        sessions
          .slice(from, from + 10)
          .map((session) => visited.remember(session, 1, { at: 0, content: session, userId })),
      );
    }
    const listed = async () => {
      const response = await fetch(`${visited.server.url}/users/${userId}/sessions?limit=1000`);
      return ((await response.json()) as { data: unknown[] }).data.length;
    };
    await expect.poll(listed).toBe(230);
    await using visitor = await open();
    const { page } = visitor;
    await visitor.signIn(userId);
    const list = page.getByRole("navigation", { name: "Conversations", exact: true });
    const count = () => list.getByRole("link").count();
    await expect.poll(count).toBeGreaterThanOrEqual(100);
    await list.evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    await expect.poll(count).toBeGreaterThanOrEqual(200);
    await list.getByRole("searchbox").fill(`${userId}-0`);
    await expect.poll(() => list.getByRole("link").allInnerTexts()).toEqual([`${userId}-0`]);
  });
});
