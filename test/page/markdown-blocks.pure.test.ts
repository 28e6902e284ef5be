import { Lexer, type Token } from "marked";
import { afterEach, describe, expect, it, vi } from "vitest";
import { blocksOf } from "../../src/page/markdown-blocks";
import { DEEP_MARKDOWN } from "../support/deep-markdown";

/** Levels of quotes, lists and so on, and those of emphasis and links in them. */
const MAX_LEVELS = 2 * 50;

/** Returns the number of levels of tokens. */
function levelsOf(tokens: Token[]): number {
  let deepest = 0;
  const rest = tokens.map((token) => ({ token, level: 1 }));
  for (let next = rest.pop(); next; next = rest.pop()) {
    const { token, level } = next;
    deepest = Math.max(deepest, level);
    const items: Token[] = "items" in token && Array.isArray(token.items) ? token.items : [];
    const inner = "tokens" in token && Array.isArray(token.tokens) ? token.tokens : [];
    for (const child of [...items, ...inner]) rest.push({ token: child, level: level + 1 });
  }
  return deepest;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("Markdown of an answer", () => {
  it.each(Object.entries(DEEP_MARKDOWN))("is read whole and with bounded levels: %s", (_, text) => {
    const { tokens } = blocksOf(text);
    expect(tokens.map(({ raw }) => raw).join("")).toBe(text);
    // A list has one level, and each of its items another.
    expect(levelsOf(tokens)).toBeLessThanOrEqual(2 * MAX_LEVELS + 10);
  });

  it("is read the same way after a text that was too deep", () => {
    const text = "> - **a** [b](https://example.com)";
    const before = blocksOf(text);
    for (const deep of Object.values(DEEP_MARKDOWN)) blocksOf(deep);
    expect(blocksOf(text)).toEqual(before);
  });

  it("is one block of text where the library fails", () => {
    vi.spyOn(Lexer.prototype, "lex").mockImplementation(() => {
      throw new RangeError("Maximum call stack size exceeded");
    });
    expect(blocksOf("> a").tokens).toEqual([{ type: "text", raw: "> a", text: "> a" }]);
  });

  it("keeps its source, so that a text with carriage returns is known again", () => {
    const source = "a\r\n\r\nb\rc";
    expect(blocksOf(source)).toMatchObject({ source, text: "a\n\nb\nc" });
  });
});
