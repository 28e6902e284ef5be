/** Shortens a long text in its middle: its beginning and its end usually matter most. */
import { estimateTokens } from "./tokens";

/** The share of the kept text that is its beginning. */
const HEAD = 0.6;
/** A cut may move to a border of the text by at most this share of the kept part, and at most MOST_SLACK characters. */
const SLACK = 0.1;
const MOST_SLACK = 300;
const slackOf = (length: number) => Math.min(MOST_SLACK, Math.floor(length * SLACK));
/** Tokens of the mark, and of two code fences that may have to be closed. */
const MARK_TOKENS = 20;
/** The tokens of a part are only estimated by its length: if they are too many, the next try keeps less. */
const TRIES = 4;
const FIRST_TRY = 0.98;
const NEXT_TRY = 0.9;

const markOf = (characters: number) => `[… ${characters.toLocaleString("en")} characters left out …]`;

/** A text, its estimated tokens, and the number of its characters that were left out. */
export interface Shortened {
  text: string;
  tokens: number;
  leftOut: number;
}

/** Borders of a text, the best first: paragraphs, lines, sentences, words. */
const BORDERS = [/\n\s*\n/g, /\n/g, /[.!?。！？]+["”』」)]*\s*/g, /\s+/g];

/**
 * Returns a border within a range of a text, as the index after it; without one, the start or the end of the range.
 * @param which 0 for the first border, -1 for the last one
 */
function borderIn(text: string, from: number, to: number, which: 0 | -1): number {
  for (const border of BORDERS) {
    const match = [...text.slice(from, to).matchAll(border)].at(which);
    if (match) return from + match.index + match[0].length;
  }
  return wholeCharacter(text, which === 0 ? from : to);
}

/** Returns an index that does not cut a character in two: the given one, or the one before it. */
export const wholeCharacter = (text: string, at: number): number =>
  /[\udc00-\udfff]/.test(text.charAt(at)) ? at - 1 : at;

/** Matches within a line: `\s` would search a run of line breaks, or of `\r` or U+2028, once for each of them. */
const FENCE = /^[ \t]*```/gm;
const hasOpenFence = (text: string) => (text.match(FENCE)?.length ?? 0) % 2 === 1;

/** Joins beginning and end with a mark, and closes code fences that the cut opened. */
function joined(text: string, headEnd: number, tailStart: number): string {
  const head = text.slice(0, headEnd).trimEnd();
  const tail = text.slice(tailStart).trimStart();
  const isOpen = hasOpenFence(head);
  const before = isOpen ? `${head}\n\`\`\`` : head;
  const after = hasOpenFence(tail) ? `\`\`\`\n${tail}` : tail;
  return [before, markOf(tailStart - headEnd), after].filter(Boolean).join("\n");
}

/**
 * Returns a text within a number of tokens: whole, or with a mark in place of its middle.
 * @param tokens the estimated tokens of the text
 * @param room the most tokens of the result; the mark alone may take more
 */
export function shorten(text: string, tokens: number, room: number): Shortened {
  if (tokens <= room) return { text, tokens, leftOut: 0 };
  let keep = Math.floor((text.length * Math.max(0, room - MARK_TOKENS) * FIRST_TRY) / tokens);
  for (let tries = 0; tries < TRIES && keep > 0; tries += 1) {
    const headTo = Math.floor(keep * HEAD);
    const headEnd = borderIn(text, headTo - slackOf(headTo), headTo, -1);
    const tailLength = keep - headTo;
    const tailFrom = text.length - tailLength;
    const tailStart = Math.max(headEnd, borderIn(text, tailFrom, tailFrom + slackOf(tailLength), 0));
    const result = joined(text, headEnd, tailStart);
    const cost = estimateTokens(result);
    if (cost <= room) return { text: result, tokens: cost, leftOut: tailStart - headEnd };
    keep = Math.floor((keep * room * NEXT_TRY) / cost);
  }
  const mark = markOf(text.length);
  return { text: mark, tokens: estimateTokens(mark), leftOut: text.length };
}
