import { describe, expect, it } from "vitest";
import { post } from "./support/http";
import { visitedServer } from "./support/page";

const visited = visitedServer();
const open = visited.open;

describe('"Forget" of an offer', () => {
  it("deletes a fact also if the page is closed at once", async () => {
    const userId = `closing-${crypto.randomUUID().slice(0, 8)}`;
    const url = `${visited.server.url}/users/${userId}/facts`;
    await post(url, { text: "Ana keeps bees in Lisbon." });
    await using visitor = await open();
    const { page } = visitor;
    await visitor.signIn(userId);
    await visitor.ask("Forget everything about my bees.");
    await visitor.hasRead(/^You said: Forget/);
    // Whether a request outlives its page is up to chance without `keepalive`, so the option itself is recorded.
    await page.evaluate(() => {
      const { fetch } = globalThis;
      globalThis.fetch = (input, init) => {
        if (init?.method === "DELETE") sessionStorage.setItem("deletes", `${input} ${init.keepalive}`);
        return fetch(input, init);
      };
    });
    const offer = page.getByRole("region", { name: "Forget", exact: true });
    const fact = offer.getByRole("listitem").filter({ hasText: "Ana keeps bees in Lisbon." });
    await fact.getByRole("button", { name: "Forget", exact: true }).click();
    await page.getByRole("button", { name: "Undo", exact: true }).waitFor();
    await page.goto("about:blank");
    await expect.poll(async () => (await (await fetch(url)).json()).data).toEqual([]);
    await page.goto(visited.server.url);
    expect(await page.evaluate(() => sessionStorage.getItem("deletes"))).toMatch(/\/facts\/\S+ true$/);
  });

  it("deletes a message of another conversation before the next question is asked", async () => {
    await using visitor = await open();
    const { page } = visitor;
    await visitor.signIn(`teller-${crypto.randomUUID().slice(0, 8)}`);
    await visitor.ask("The password of the cellar is mango.");
    await visitor.hasRead("It is mango.");
    const told = visitor.session;
    await page.getByRole("button", { name: "New conversation", exact: true }).click();
    await visitor.ask("Forget the cellar.");
    await visitor.hasRead("You said: Forget the cellar.");
    const offer = page.getByRole("region", { name: "Forget", exact: true });
    const entry = offer.getByRole("listitem").filter({ hasText: "The password of the cellar is mango." });
    await entry.getByRole("button", { name: "Forget", exact: true }).click();
    await page.getByRole("button", { name: "Undo", exact: true }).waitFor();
    await visitor.ask("What is the password of the cellar?");
    await visitor.hasRead("You said: What is the password of the cellar?");
    expect(await visited.transcript(told)).toEqual([]);
  });
});
