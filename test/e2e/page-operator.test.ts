import { describe, expect, it } from "vitest";
import { post } from "./support/http";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

/** Waits until the directory lists sessions: their objects report them within a minute. */
async function listed(...sessions: string[]): Promise<void> {
  const ids = async () => {
    const response = await fetch(`${visited.server.url}/sessions?limit=100`);
    return ((await response.json()) as { data: { sessionId: string }[] }).data.map(({ sessionId }) => sessionId);
  };
  await expect.poll(ids, { timeout: 90_000 }).toEqual(expect.arrayContaining(sessions));
}

const titled = async (session: string, title: string) => {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ title });
  expect((await fetch(`${visited.server.url}/sessions/${session}`, { method: "PATCH", headers, body })).status).toBe(
    200,
  );
};

describe("all conversations", () => {
  it("are listed for an API token: filtered, opened, exported and deleted, by user or together", async () => {
    const userId = `guest-${crypto.randomUUID().slice(0, 8)}`;
    const [hives, figs] = [`hives-${crypto.randomUUID()}`, `figs-${crypto.randomUUID()}`];
    await visited.append(figs, [{ role: "user", content: "I like figs." }]);
    const messages = [{ role: "user", content: "The hives stand under a lime tree." }];
    expect((await post(`${visited.server.url}/sessions/${hives}/messages`, { userId, messages })).status).toBe(201);
    await titled(hives, "Hives");
    await titled(figs, "Figs");
    await listed(hives, figs);
    await using visitor = await open("/", { bypassCSP: true });
    const { page } = visitor;
    await visitor.choose("All conversations");
    const dialog = page.getByRole("dialog", { name: "All conversations", exact: true });
    await dialog.getByRole("link", { name: "Hives", exact: true }).waitFor();
    expect(await visitor.violations()).toEqual([]);
    await dialog.getByLabel("Filter by title, user or id", { exact: true }).fill("fig");
    await dialog.getByRole("link", { name: "Hives", exact: true }).waitFor({ state: "detached" });
    const download = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Export Figs", exact: true }).click();
    expect((await download).suggestedFilename()).toBe(`${figs}.ndjson`);
    await dialog.getByRole("button", { name: "Delete Figs", exact: true }).click();
    expect(await visited.transcript(figs)).toHaveLength(1);
    await dialog.getByRole("button", { name: "Keep", exact: true }).click();
    await dialog.getByRole("button", { name: "Delete Figs", exact: true }).click();
    await dialog.getByRole("button", { name: "Delete for good", exact: true }).click();
    await dialog.getByRole("link", { name: "Figs", exact: true }).waitFor({ state: "detached" });
    expect(await visited.transcript(figs)).toEqual([]);
    await dialog.getByRole("button", { name: "Users", exact: true }).click();
    await dialog.getByRole("button", { name: userId, exact: true }).click();
    await dialog.getByLabel(`Search the messages of ${userId}`, { exact: true }).fill("lime tree");
    await page.keyboard.press("Enter");
    await dialog.getByText("1 message found.").waitFor();
    expect(await visitor.violations()).toEqual([]);
    await dialog.getByRole("link", { name: "Hives", exact: true }).click();
    await visitor.hasRead("The hives stand under a lime tree.");
    await visitor.choose("All conversations");
    await dialog.getByRole("button", { name: "Users", exact: true }).click();
    await dialog.getByRole("button", { name: `Delete ${userId}`, exact: true }).click();
    await dialog.getByRole("button", { name: "Delete for good", exact: true }).click();
    await dialog.getByRole("button", { name: userId, exact: true }).waitFor({ state: "detached" });
    await expect.poll(() => visited.transcript(hives)).toEqual([]);
  });
});

describe("a long list", () => {
  it("is read once for a filter, page by page, and not after the dialog is closed", async () => {
    await using visitor = await open();
    const { page } = visitor;
    const asked: number[] = [];
    let release = () => {};
    await page.route("**/sessions?*", async (route) => {
      const at = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
      asked.push(at);
      if (at === 2 || at === 4) await new Promise<void>((resolve) => (release = resolve));
      const times = { firstAt: "2026-01-01T00:00:00.000Z", lastAt: "2026-01-01T00:00:00.000Z" };
      const data = [{ sessionId: `paged-${at}`, title: `Figs ${at}`, messages: 1, ...times }];
      await route.fulfill({ json: { data, nextCursor: at < 9 ? String(at + 1) : null } });
    });
    await visitor.choose("All conversations");
    const dialog = page.getByRole("dialog", { name: "All conversations", exact: true });
    const link = (at: number) => dialog.getByRole("link", { name: `Figs ${at}`, exact: true });
    await link(0).waitFor();
    await dialog.getByLabel("Filter by title, user or id", { exact: true }).pressSequentially("figs");
    await link(1).waitFor();
    await dialog.getByRole("button", { name: "Delete Figs 0", exact: true }).click();
    await dialog.getByRole("button", { name: "Delete for good", exact: true }).click();
    await link(0).waitFor({ state: "detached" });
    await expect.poll(() => asked).toEqual([0, 1, 2]);
    release();
    await link(3).waitFor();
    expect(await link(0).count()).toBe(0);
    await expect.poll(() => asked).toEqual([0, 1, 2, 3, 4]);
    const answered = page.waitForResponse((response) => response.url().endsWith("cursor=4"));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    release();
    await (await answered).finished();
    await visitor.ask("Are you there?");
    await visitor.hasRead("You said: Are you there?");
    expect(asked).toEqual([0, 1, 2, 3, 4]);
  });
});

describe("the facts of an answer", () => {
  it("are called deleted in the user's own conversations only", async () => {
    const [ana, bo] = ["ana", "bo"].map((name) => `${name}-${crypto.randomUUID().slice(0, 8)}`) as [string, string];
    const facts = `${visited.server.url}/users/${ana}/facts`;
    const added = (await (await post(facts, { text: "Ana keeps bees." })).json()) as { id: string };
    await using visitor = await open();
    const { page } = visitor;
    await visitor.signIn(ana);
    await visitor.ask("Where are my bees?");
    await visitor.hasRead("You said: Where are my bees?");
    await visitor.ask("Thank you.");
    await visitor.hasRead("You said: Thank you.");
    const url = page.url();
    const details = page.locator(".answer-details:visible");
    const shows = async (userId: string, text: string) => {
      await page.evaluate((name) => localStorage.setItem("llamory:user", name), userId);
      await page.goto("about:blank");
      await page.goto(url);
      await page
        .getByRole("button", { name: /^Details/ })
        .first()
        .click();
      await details.getByText(text, { exact: true }).waitFor();
    };
    await shows(ana, "Ana keeps bees.");
    await shows(bo, "This fact is not in your list.");
    expect((await fetch(`${facts}/${added.id}`, { method: "DELETE" })).status).toBe(200);
    await shows(ana, "This fact was deleted.");
  });
});
