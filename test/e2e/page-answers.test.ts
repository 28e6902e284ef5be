import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { visitedServer } from "./support/page";

const visited = visitedServer();

/** Opens a conversation with one answer. */
async function openAnswer(content: string, options = {}) {
  const session = `answer-${crypto.randomUUID()}`;
  await visited.append(session, [
    { role: "user", content: "How?" },
    { role: "assistant", content },
  ]);
  const visitor = await visited.open(`/#/${session}`, options);
  await visitor.page.locator("#m2").waitFor();
  return visitor;
}

describe("Markdown", () => {
  it("tables are aligned as written, and break no words", async () => {
    const word = "Donaudampfschifffahrtsgesellschaft";
    await using visitor = await openAnswer(`| left | right | center |\n| :-- | --: | :-: |\n| ${word} | 2 | 3 |`, {
      viewport: { width: 390, height: 780 },
    });
    const cells = visitor.page.locator("td");
    expect(await cells.evaluateAll((all) => all.map((cell) => getComputedStyle(cell).textAlign))).toEqual([
      "left",
      "right",
      "center",
    ]);
    const lines = await cells.first().evaluate((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getClientRects().length;
    });
    expect(lines).toBe(1);
  });

  it("a word that is wider than a column of a table stays in its cell", async () => {
    await using visitor = await openAnswer(`| hash | next |\n| - | - |\n| ${"0123456789abcdef".repeat(16)} | b |`);
    const cell = visitor.page.locator("td").first();
    await cell.waitFor();
    expect(await cell.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  });

  it("headings keep the page's outline, and rules are drawn", async () => {
    await using visitor = await openAnswer("# One\n\n## Two\n\n### Three\n\n---\n\nend");
    const message = visitor.page.locator("#m2");
    for (const [level, name] of [
      [3, "One"],
      [4, "Two"],
      [5, "Three"],
    ] as const) {
      expect(await message.getByRole("heading", { level, name, exact: true }).count()).toBe(1);
    }
    expect(await message.locator("hr").evaluate((rule) => rule.getBoundingClientRect().width)).toBeGreaterThan(100);
  });

  it.each(["light", "dark"] as const)("placeholders are readable in %s", async (colorScheme) => {
    await using visitor = await visited.open("/", { colorScheme });
    const contrast = await visitor.page.locator("#question").evaluate((field) => {
      // Returns the relative luminance (WCAG 2) of a color that the canvas reads.
      const luminance = (color: string) => {
        const context = new OffscreenCanvas(1, 1).getContext("2d");
        if (!context) return Number.NaN;
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        const [red = 0, green = 0, blue = 0] = Array.from(context.getImageData(0, 0, 1, 1).data, (byte) => {
          const share = byte / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const ground = [field, document.body].map((element) => getComputedStyle(element).backgroundColor);
      const [text, behind] = [
        luminance(getComputedStyle(field, "::placeholder").color),
        luminance(ground.find((color) => !/, 0\)$/.test(color)) ?? "white"),
      ];
      return (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
    });
    expect(contrast).toBeGreaterThanOrEqual(4.5);
  });

  it("entities are decoded in text and kept in code", async () => {
    await using visitor = await openAnswer("a &lt; b &copy; `&lt;b&gt;`\n\n```\n&amp;\n```");
    const { page } = visitor;
    expect(await page.locator("#m2 p").first().innerText()).toBe("a < b © &lt;b&gt;");
    expect(await page.locator("#m2 pre").innerText()).toBe("&amp;");
  });

  it("text of right-to-left scripts is aligned to the right, code is not", async () => {
    await using visitor = await openAnswer("שלום עולם\n\n- שלום\n\n`left`\n\n```\ncode\n```");
    const direction = (selector: string) =>
      visitor.page
        .locator(selector)
        .first()
        .evaluate((element) => getComputedStyle(element).direction);
    expect(await direction("#m2 p")).toBe("rtl");
    expect(await direction("#m2 li")).toBe("rtl");
    expect(await direction("#m2 pre")).toBe("ltr");
    expect(await visitor.page.locator("#question").getAttribute("dir")).toBe("auto");
  });

  it("an answer that streams in pieces is the same as one that is read whole", async () => {
    const blocks = [
      "# One",
      "- a\n- b\n\n  c",
      "```js\nconst a = 1;\n\nconst b = 2;\n```",
      "| a |\n| - |\n| b |",
      "*end*",
    ];
    const text = blocks.join("\n\n");
    await using visitor = await visited.open();
    await visitor.ask(`Repeat:\n\n${text}`);
    await visitor.hasRead("end");
    const streamed = visitor.page.locator(".message.assistant").last();
    await using whole = await openAnswer(`You said: Repeat:\n\n${text}`);
    for (const page of [visitor.page, whole.page]) await page.locator(".code-kwd").first().waitFor();
    const html = (element: Element) =>
      [...element.children].filter(({ tagName }) => !/HEADER|FOOTER/.test(tagName)).map(({ outerHTML }) => outerHTML);
    expect(await streamed.evaluate(html)).toEqual(await whole.page.locator("#m2").evaluate(html));
  });
});

describe("code and formulas", () => {
  it("code is highlighted, copied, and never run", async () => {
    const code = 'const a = "<img src=x onerror=alert(1)>"; // why';
    await using visitor = await openAnswer(`\`\`\`js\n${code}\n\`\`\``, {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const { page } = visitor;
    await page.locator("#m2 .code-kwd", { hasText: "const" }).waitFor();
    expect(await page.locator("#m2 pre").innerText()).toBe(code);
    await page.getByRole("button", { name: "Copy code", exact: true }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
  });

  it("formulas are rendered as MathML; prices and bad TeX stay text", async () => {
    await using visitor = await openAnswer(
      "It is $a^2$ and \\(b\\), for $5 and $6.\n\n$$\\frac{1}{2}$$\n\n\\[x\\]\n\nbad: $\\frac{$ and $\\href{javascript:alert(1)}{x}$",
    );
    const { page } = visitor;
    await page.locator("#m2 math mfrac").waitFor();
    await expect.poll(() => page.locator("#m2 math").count()).toBe(4);
    expect(await page.locator("#m2").innerText()).toContain("for $5 and $6.");
    expect(await page.locator("#m2 [href^=javascript]").count()).toBe(0);
  });

  it("neither is loaded before it is needed", async () => {
    await using visitor = await visited.open();
    const loaded: string[] = [];
    visitor.page.on("request", (request) => loaded.push(request.url()));
    await visitor.page.reload();
    await visitor.ask("Hello.");
    await visitor.hasRead("You said: Hello.");
    expect(loaded.filter((url) => /highlight|math/.test(url))).toEqual([]);
  });
});

describe("a conversation", () => {
  it("an answer is copied as Markdown", async () => {
    await using visitor = await openAnswer("**bold**", { permissions: ["clipboard-read", "clipboard-write"] });
    const { page } = visitor;
    await page.getByRole("button", { name: "Copy", exact: true }).last().click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("**bold**");
  });

  it("is saved as Markdown", async () => {
    await using visitor = await visited.open();
    const { page } = visitor;
    await visitor.ask("I keep bees.");
    await visitor.hasRead("You said: I keep bees.");
    const downloaded = page.waitForEvent("download");
    await visitor.choose("Save as Markdown");
    const download = await downloaded;
    expect(download.suggestedFilename()).toBe("I-keep-bees-.md");
    const text = readFileSync(await download.path(), "utf8");
    expect(text).toMatch(
      /^# I keep bees\.\n\n## You, .+\n\nI keep bees\.\n\n## Llama, .+\n\nYou said: I keep bees\.\n$/,
    );
  });

  it("is imported from a file that is dropped on the page, and listed for a user too", async () => {
    await using visitor = await visited.open();
    const { page } = visitor;
    await visitor.signIn(`drop-${crypto.randomUUID().slice(0, 8)}`);
    const message = { role: "user", content: "I keep bees.", createdAt: "2024-01-01T00:00:00.000Z" };
    const lines = [{ llamory: "session", version: 1, title: "Bees" }, { message }, { end: { messages: 1 } }];
    const file = lines.map((line) => JSON.stringify(line)).join("\n");
    await page.evaluate((content) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], "bees.ndjson"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }, file);
    await visitor.hasRead("I keep bees.");
    const list = page.getByRole("navigation", { name: "Conversations", exact: true });
    await list.getByRole("link", { name: "Bees", exact: true }).waitFor();
    await page.reload();
    await list.getByRole("link", { name: "Bees", exact: true }).waitFor();
  });

  it("begins with suggestions, and names the browser's tab", async () => {
    await using visitor = await visited.open();
    const { page } = visitor;
    expect(await page.title()).toBe("Llamory");
    await page.getByRole("button", { name: "How does your memory work?", exact: true }).click();
    await visitor.hasRead("You said: How does your memory work?");
    await expect.poll(() => page.title()).toBe("How does your memory work? · Llamory");
  });
});

describe("the page", () => {
  it("keeps a theme that was chosen", async () => {
    await using visitor = await visited.open("/", { colorScheme: "light" });
    const { page } = visitor;
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await background()).toBe("rgb(255, 255, 255)");
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("combobox", { name: "Theme", exact: true }).selectOption("dark");
    await expect.poll(background).toBe("rgb(22, 21, 26)");
    await page.reload();
    await expect.poll(background).toBe("rgb(22, 21, 26)");
    expect(await page.locator('meta[name="theme-color"]').first().getAttribute("content")).toBe("#16151a");
  });

  it("has a manifest and icons that its policy allows", async () => {
    const { url } = visited.server;
    const manifest = await (await fetch(`${url}/manifest.webmanifest`)).json();
    expect(manifest).toMatchObject({ name: "Llamory", display: "standalone" });
    for (const { src, type } of (manifest as { icons: { src: string; type: string }[] }).icons) {
      const icon = await fetch(`${url}/${src}`);
      expect([src, icon.status, icon.headers.get("content-type")]).toEqual([src, 200, type]);
    }
    expect((await fetch(url)).headers.get("content-security-policy")).toContain("manifest-src 'self'");
  });

  it.each(["light", "dark"] as const)("axe finds no violations in an answer in %s", async (colorScheme) => {
    const text =
      "# One\n\n| a |\n| - |\n| b |\n\n| c |\n| - |\n| d |\n\n```js\nconst a = 1; // why\n```\n\n$a^2$ and $$b$$\n\n> quote\n\n- [x] done\n\n---";
    await using visitor = await openAnswer(text, { colorScheme, bypassCSP: true });
    await visitor.page.locator("#m2 math").first().waitFor();
    await visitor.page.locator("#m2 .code-kwd").waitFor();
    expect(await visitor.violations()).toEqual([]);
  });
});
