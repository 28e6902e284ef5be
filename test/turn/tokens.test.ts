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

  it("covers the chat template", () => {
    const template =
      "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\nBe kind.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHello there!<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
    expect(
      PROMPT_OVERHEAD + estimateMessage({ content: "Be kind." }) + estimateMessage({ content: "Hello there!" }),
    ).toBeGreaterThanOrEqual(truth(template));
  });
});
