/** Formulas in Markdown: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. */
import type { TokenizerAndRendererExtension, Tokens } from "marked";

export interface FormulaToken extends Tokens.Generic {
  type: "formula";
  text: string;
  /** Whether it is shown on a line of its own. */
  display: boolean;
}

export const isFormula = (token: { type: string }): token is FormulaToken => token.type === "formula";

/** Characters of a formula; longer ones are text. */
const MAX_FORMULA = 2_000;

const BLOCK = new RegExp(
  String.raw`^ {0,3}(?:\$\$([^$]{1,${MAX_FORMULA}})\$\$|\\\[([^]{1,${MAX_FORMULA}}?)\\\])[ \t]*(?:\n+|$)`,
);
const DISPLAY = new RegExp(String.raw`^(?:\$\$([^$\n]{1,${MAX_FORMULA}})\$\$|\\\[([^\n]{1,${MAX_FORMULA}}?)\\\])`);
/** As in Pandoc: no space inside the dollars and no digit after them, so that "$5 and $6" is text. */
const INLINE = new RegExp(
  String.raw`^(?:\$(?!\s)([^$\n]{1,${MAX_FORMULA}})(?<![\s\\])\$(?!\d)|\\\(([^\n]{1,${MAX_FORMULA}}?)\\\))`,
);

function formulaOf(match: RegExpExecArray | null, display: boolean): FormulaToken | undefined {
  const text = match?.[1] ?? match?.[2];
  return match && text !== undefined ? { type: "formula", raw: match[0], text: text.trim(), display } : undefined;
}

const startOf = (src: string): number | undefined => {
  const at = src.search(/\$|\\[([]/);
  return at === -1 ? undefined : at;
};

export const blockFormula: TokenizerAndRendererExtension = {
  name: "formula",
  level: "block",
  start: (src) => {
    const at = src.search(/(?:^|\n) {0,3}(?:\$\$|\\\[)/);
    return at === -1 ? undefined : at;
  },
  tokenizer: (src) => formulaOf(BLOCK.exec(src), true),
};

export const inlineFormula: TokenizerAndRendererExtension = {
  name: "formula",
  level: "inline",
  start: startOf,
  tokenizer: (src) => formulaOf(DISPLAY.exec(src), true) ?? formulaOf(INLINE.exec(src), false),
};
