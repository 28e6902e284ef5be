import { expect, it } from "vitest";
import { visitedServer } from "./support/page";

const visited = visitedServer();

const PLACES = [
  ["a desk, light", { colorScheme: "light" }],
  ["a desk, dark", { colorScheme: "dark" }],
  ["a phone, light", { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true, colorScheme: "light" }],
  ["a phone, dark", { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true, colorScheme: "dark" }],
] as const;

it.each(PLACES)("on %s, the API reference has its style, fits the screen and passes axe", async (_, options) => {
  await using visitor = await visited.open("/docs", { ...options, bypassCSP: true }, "h1");
  const { page } = visitor;
  for (const summary of await page.locator("#ask ~ details > summary, #ask ~ * details > summary").all()) {
    await summary.click();
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  expect(await visitor.violations()).toEqual([]);
});

it("the API reference needs no script, and its links lead to its parts under the page's policy", async () => {
  await using visitor = await visited.open("/docs", { javaScriptEnabled: false }, "h1");
  const { page } = visitor;
  const response = await page.request.get(`${visited.server.url}/docs`);
  expect(response.headers()["content-security-policy"]).toContain("default-src 'none'");
  expect(await page.locator("script, style, [style]").count()).toBe(0);
  await page.getByRole("navigation").getByRole("link", { name: "POST /ask", exact: true }).click();
  expect(new URL(page.url()).hash).toBe("#ask");
  await page.getByRole("heading", { name: "Ask a session a question", exact: true }).waitFor();
});

it("the help of the page links to the API reference", async () => {
  await using visitor = await visited.open();
  await visitor.choose("Help");
  await visitor.page.getByRole("link", { name: "API reference", exact: true }).click();
  await visitor.page.getByRole("heading", { name: /API reference$/, level: 1 }).waitFor();
});
