/** Reads Markdown into blocks, piece by piece, so that neither a long nor a growing text is read as a whole again. */
import { Marked, type Token } from "marked";
import { BoundedTokenizer } from "./bounded-tokenizer";
import { blockFormula, inlineFormula } from "./math-syntax";

/** Characters that are read at once. Inline Markdown takes quadratic time in the length of a block. */
const PIECE = 8_000;
/** Characters of a block of code. */
const MAX_CODE = 200_000;

const reader = new Marked({ extensions: [blockFormula, inlineFormula] });
reader.setOptions({ tokenizer: new BoundedTokenizer() });

/** Blocks that may still change when text is added: a list, for example, ends with the block after it. */
const OPEN_BLOCKS = 2;

export interface Blocks {
  /** The text as it was given. */
  source: string;
  /** The text with line feeds only. */
  text: string;
  tokens: Token[];
}

const lengthOf = (tokens: Token[]) => tokens.reduce((sum, { raw }) => sum + raw.length, 0);

/** Returns the blocks of a text. Those of an earlier, shorter version of the text are used again. */
export function blocksOf(source: string, earlier: Blocks = { source: "", text: "", tokens: [] }): Blocks {
  // As the library does it, so that the lengths of its tokens add up.
  const text = source.replace(/\r\n|\r/g, "\n");
  const kept = text.startsWith(earlier.text) ? earlier.tokens.slice(0, -OPEN_BLOCKS) : [];
  const tokens = [...kept];
  for (let at = lengthOf(kept); at < text.length; ) {
    const next = pieceAt(text, at);
    tokens.push(...next);
    at += lengthOf(next);
  }
  return { source, text, tokens };
}

/** Returns the blocks at a position: at least one. */
function pieceAt(text: string, at: number): Token[] {
  for (let length = PIECE; ; length *= 2) {
    const piece = text.slice(at, at + length);
    const tokens = tokensOf(piece);
    const isEnd = at + length >= text.length;
    if (lengthOf(tokens) !== piece.length) return [plainBlock(text, at)];
    if (isEnd) return tokens;
    // The last block may continue after the piece.
    if (tokens.length > 1) return tokens.slice(0, -1);
    if (tokens[0]?.type !== "code" || length >= MAX_CODE) return [plainBlock(text, at)];
  }
}

/** Returns no tokens if the library fails. */
function tokensOf(piece: string): Token[] {
  try {
    return reader.lexer(piece);
  } catch {
    return [];
  }
}

/** Returns a block as plain text: one that cannot be read, or is too long. */
function plainBlock(text: string, at: number): Token {
  const end = text.indexOf("\n\n", at + PIECE);
  const raw = end === -1 ? text.slice(at) : text.slice(at, end + 2);
  return { type: "text", raw, text: raw };
}
