import { createHash } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { launch } from "./support/browser";
import { post, serve } from "./support/http";
import { Workerd } from "./support/workerd";

const API_TOKEN = "the server's own";

/** Runs in the page and can use only its arguments. */
interface Given {
  url: string;
  token: string;
  sessionId: string;
}

/** Asks as JSON. @returns the exposed headers */
async function ask({ url, token, sessionId }: Given) {
  const response = await fetch(`${url}/ask`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}`, "idempotency-key": sessionId },
    body: JSON.stringify({ sessionId, question: "My name is Ana." }),
  });
  const exposed = ["x-request-id", "server-timing"].map((name) => response.headers.get(name));
  return { status: response.status, answer: (await response.json()).answer, exposed };
}

async function stream({ url, token, sessionId }: Given) {
  const response = await fetch(`${url}/ask`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream", authorization: `Bearer ${token}` },
    body: JSON.stringify({ sessionId, question: "What is my name?" }),
  });
  return response.text();
}

/** Follows a turn until the browser closes the stream. */
function follow({ url, token, sessionId, turnId }: Given & { turnId: string }) {
  return new Promise<{ text: string; opened: number; closed: boolean }>((resolve) => {
    const seen = { text: "", opened: 0, closed: false };
    const source = new EventSource(`${url}/sessions/${sessionId}/turns/${turnId}/stream?access_token=${token}`);
    source.addEventListener("open", () => {
      seen.opened += 1;
    });
    source.addEventListener("delta", ({ data }) => {
      seen.text += JSON.parse(data).text;
    });
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) resolve({ ...seen, closed: true });
    });
  });
}

describe("a page of another origin, in Chromium", () => {
  let browser: Browser;
  let server: Workerd;
  let given: Given;
  const pages: Awaited<ReturnType<typeof serve>>[] = [];

  const open = async (at: number): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(`http://${pages[at]?.address}/`);
    return page;
  };

  beforeAll(async () => {
    for (const title of ["listed", "not listed"]) {
      pages.push(await serve((_, response) => response.setHeader("content-type", "text/html").end(title)));
    }
    server = new Workerd({
      bundle: inject("bundle"),
      ai: { entrypoint: "OfflineModel" },
      settings: {
        AUTH: "tokens",
        API_TOKENS: createHash("sha256").update(API_TOKEN).digest("hex"),
        SESSION_KEY: "k".repeat(32),
        CORS_ORIGINS: `http://${pages[0]?.address}`,
      },
    });
    await server.start();
    const headers = { authorization: `Bearer ${API_TOKEN}` };
    const made = await post(`${server.url}/tokens`, { sessionIds: ["s"], expiresIn: 600 }, headers);
    given = { url: server.url, sessionId: "s", ...((await made.json()) as { token: string }) };
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    for (const page of pages) await page[Symbol.asyncDispose]();
  });

  it("asks, streams with fetch, and follows with EventSource, which stops by itself", async () => {
    const page = await open(0);
    const asked = await page.evaluate(ask, given);
    expect(asked).toMatchObject({ status: 200, answer: "Noted. I will remember that." });
    for (const value of asked.exposed) expect(value).toBeTruthy();
    const events = await page.evaluate(stream, given);
    expect(events).toContain("event: done");
    const turnId = /"turnId":"([^"]+)"/.exec(events)?.[1] ?? "";
    const followed = await page.evaluate(follow, { ...given, turnId });
    expect(followed).toEqual({ text: 'You told me: "My name is Ana."', opened: 1, closed: true });
  });

  it("is refused in a session that its token does not name, and reads the problem", async () => {
    const page = await open(0);
    expect(await page.evaluate(ask, { ...given, sessionId: "t" })).toMatchObject({ status: 403 });
  });

  it("cannot ask, stream or follow where its origin is not listed", async () => {
    const page = await open(1);
    await expect(page.evaluate(ask, given)).rejects.toThrow(/Failed to fetch/);
    await expect(page.evaluate(stream, given)).rejects.toThrow(/Failed to fetch/);
    expect(await page.evaluate(follow, { ...given, turnId: "t" })).toEqual({ text: "", opened: 0, closed: true });
  });
});
