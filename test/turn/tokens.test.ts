import llama3 from "llama3-tokenizer-js";
import { describe, expect, it } from "vitest";
import { estimateMessage, estimateTokens, PROMPT_OVERHEAD } from "../../src/turn/tokens";
import { corpus } from "../support/corpus";

const truth = (text: string) => llama3.encode(text, { bos: false, eos: false }).length;
const error = (text: string) => estimateTokens(text) / truth(text) - 1;
const percent = (share: number) => `${share >= 0 ? "+" : ""}${(100 * share).toFixed(1)} %`;

describe("the token estimate, against Llama 3's tokenizer", () => {
  it.each(Object.keys(corpus))("is at most 2 percent below the truth: %s", (name) => {
    const text = corpus[name] ?? "";
    expect(text.length).toBeGreaterThan(200);
    expect(error(text)).toBeGreaterThanOrEqual(-0.02);
  });

  it.each(Object.keys(corpus).filter((name) => name.startsWith("English")))(
    "is at most 35 percent above the truth: %s",
    (name) => {
      expect(error(corpus[name] ?? "")).toBeLessThanOrEqual(0.35);
    },
  );

  it("prints its largest errors", () => {
    const errors = Object.entries(corpus)
      .map(([name, text]) => ({ name, error: error(text) }))
      .sort((a, b) => a.error - b.error);
    const [under, over] = [errors[0], errors.at(-1)];
    console.warn(
      `worst underestimate: ${percent(under?.error ?? 0)} (${under?.name}); worst overestimate: ${percent(over?.error ?? 0)} (${over?.name})`,
    );
    expect(errors.length).toBeGreaterThan(20);
  });

  it("counts nothing for no text, and never fails", () => {
    expect(estimateTokens("")).toBe(0);
    expect(estimateTokens("\ud800\udc00\ud800")).toBeGreaterThan(0);
  });

  it("is exact enough for each kind of text", () => {
    const kinds: [text: string, tokens: number][] = [
      ["1234567", 3],
      ["in 1234567", 6],
      ["!", 1],
      ["!".repeat(50), 34],
      [" ", 0],
      [" ".repeat(64), 5],
      ["\n".repeat(64), 5],
      ["\u4e2d".repeat(100), 135],
      ["\u00e9".repeat(10), 10],
      // Characters of unlisted scripts cost one token per byte, and one more beyond the second plane.
      ["\u07c0", 2],
      ["\u2603", 3],
      ["\u{1f41d}", 3],
      ["\u{20000}", 4],
      ["\u0001", 1],
    ];
    expect(kinds.map(([text]) => [text, estimateTokens(text)])).toEqual(kinds);
  });

  it("counts each run of white space, however many there are", () => {
    const runs = 200_000;
    expect(estimateTokens("\n ".repeat(runs))).toBe(Math.ceil(0.4 + 0.6 * 2 * runs + (2 * runs) / 16));
    expect(estimateTokens("  \n\n\t\t")).toBe(Math.ceil(0.4 + 0.6 * 4 + 6 / 16));
  });

  it("prices random characters higher than long words, and capitals higher than small letters", () => {
    const random = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4";
    expect(estimateTokens(random)).toBe(Math.ceil(random.length * 0.78));
    expect(estimateTokens("internationalization-of-everything")).toBeLessThan(random.length / 2);
    expect(estimateTokens("the WEATHER of the CITY")).toBeGreaterThan(estimateTokens("the weather of the city"));
    expect(estimateTokens("the bnkxwq of the city")).toBeGreaterThan(estimateTokens("the garden of the city"));
  });

  it("counts the calls of a message, with their names and arguments", () => {
    const call = { id: "call_1", name: "weather", arguments: '{"city":"Porto"}' };
    const cost = 24 + estimateTokens(call.name) + estimateTokens(call.arguments);
    const plain = estimateMessage({ content: "" });
    expect(estimateMessage({ content: "", toolCalls: [call] })).toBe(plain + cost);
    expect(estimateMessage({ content: "", toolCalls: [call, call] })).toBe(plain + 2 * cost);
  });

  it("counts the name of a speaker", () => {
    expect(estimateMessage({ name: "Ana", content: "Hello." })).toBe(estimateMessage({ content: "Ana: Hello." }));
  });

  it("covers the chat template", () => {
    const template =
      "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\nBe kind.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHello there!<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
    expect(
      PROMPT_OVERHEAD + estimateMessage({ content: "Be kind." }) + estimateMessage({ content: "Hello there!" }),
    ).toBeGreaterThanOrEqual(truth(template));
  });
});
