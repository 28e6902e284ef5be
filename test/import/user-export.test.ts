/** Exports a user with 500 sessions and imports it for another user, in a server with a small heap. */
import { expect, inject, it } from "vitest";
import { post } from "../e2e/support/http";
import { HAS_PROC, Workerd } from "../e2e/support/workerd";

const SESSIONS = 500;
const MESSAGES = 60;
/** The heap of the server in megabytes. The export has about 20 MB, a page 1.6 MB. */
const HEAP_MB = 64;
/** The most megabytes that the process grows by while the pages are read: the heap up to its limit, and buffers beside it. */
const GROWTH_MB = 96;
/** The number of requests that the test sends at once. */
const AT_ONCE = 20;

/** Returns the lines of a text of JSON lines. */
const linesOf = (text: string): Record<string, never>[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Returns the contents of the messages in an export, sorted. */
const contentsOf = (lines: Record<string, { content: string }>[]) =>
  lines.flatMap(({ message }) => message?.content ?? []).sort();

it("exports 500 sessions by pages in constant memory, and imports them into an equal user", async () => {
  await using server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" }, heapMb: HEAP_MB });
  await server.start();
  const messagesOf = (session: number) =>
    Array.from({ length: MESSAGES }, (_, at) => ({
      role: at % 2 === 0 ? "user" : "assistant",
      content: `Message ${at} of session ${session}: ${"the bees flew to the lime trees. ".repeat(15)}`,
    }));
  for (let at = 0; at < SESSIONS; at += AT_ONCE) {
    const appends = Array.from({ length: AT_ONCE }, (_, next) =>
      post(`${server.url}/sessions/s${at + next}/messages`, { userId: "ana", messages: messagesOf(at + next) }),
    );
    for (const { status } of await Promise.all(appends)) expect(status).toBe(201);
  }
  expect((await post(`${server.url}/users/ana/facts`, { text: "Keeps bees." })).status).toBe(201);

  const exported = async (user: string) => {
    const pages: string[] = [];
    let query = "";
    for (let most = 0; most < SESSIONS; most += 1) {
      const page = await (await fetch(`${server.url}/users/${user}/export${query}`)).text();
      pages.push(page);
      const { end } = linesOf(page).at(-1) as unknown as { end: { nextCursor: string | null } };
      if (end.nextCursor === null) break;
      query = `?cursor=${encodeURIComponent(end.nextCursor)}`;
    }
    return pages;
  };
  const before = HAS_PROC ? server.peakMb() : 0;
  const pages = await exported("ana");
  if (HAS_PROC) expect(server.peakMb() - before).toBeLessThan(GROWTH_MB);
  expect(pages.length).toBeGreaterThanOrEqual(SESSIONS / 40);
  for (const page of pages) expect(linesOf(page).filter(({ session }) => session).length).toBeLessThanOrEqual(40);

  const headers = { "content-type": "application/x-ndjson" };
  const send = (body: string) => fetch(`${server.url}/users/eva/import`, { method: "POST", headers, body });
  // One request takes all pages, and not one session more.
  const refused = await send([...pages, pages[0]].join(""));
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("500 sessions")]);
  expect((await exported("eva")).flatMap(linesOf)).toHaveLength(2);
  const response = await send(pages.join(""));
  expect(response.status).toBe(201);
  const { sessions: imported } = (await response.json()) as { sessions: { from: string; to: string }[] };
  expect(imported.length).toBe(SESSIONS);
  // The original sessions are in use, so each copy has an id of its own.
  expect(imported.every(({ from, to }) => from !== to)).toBe(true);
  const [original, copy] = [pages, await exported("eva")].map((parts) => contentsOf(parts.flatMap(linesOf)));
  expect(copy).toEqual(original);
  expect(copy?.length).toBe(SESSIONS * MESSAGES);
  expect(await (await fetch(`${server.url}/users/eva/facts`)).text()).toContain("Keeps bees.");
  expect(contentsOf((await exported("ana")).flatMap(linesOf))).toEqual(original);
});
