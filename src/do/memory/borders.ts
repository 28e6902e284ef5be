/** Cuts texts between paragraphs, lines and sentences, and closes code fences that a cut would leave open. */

import { wholeCharacter } from "../../turn/shorten";

/** Marks in an excerpt that text was left out. */
const LEFT_OUT = "[…]";

/** Characters that end a sentence without a space after them. */
const FULL_STOPS = "。！？";
const SENTENCE_ENDS = '.!?…:;"”»)।؟۔';
/** A line that opens or closes a code fence (CommonMark). */
const FENCE = /^ {0,3}(`{3,}|~{3,})[^\n]*$/gm;

/** A part of a text, in UTF-16 code units. `to` is exclusive. */
export interface Span {
  from: number;
  to: number;
}

/** Returns whether a sentence or a line ends before a place. */
function isBorder(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return true;
  const before = text[at - 1] ?? "";
  if (before === " ") return SENTENCE_ENDS.includes(text[at - 2] ?? "-");
  return before === "\n" || FULL_STOPS.includes(before);
}

/** Returns the first border (or with step -1 the last one) between two places, both included. */
function borderBetween(text: string, from: number, to: number, step: 1 | -1): number | undefined {
  for (let at = step > 0 ? from : to; at >= from && at <= to; at += step) if (isBorder(text, at)) return at;
  return undefined;
}

/**
 * Returns a part of about `size` characters around a core, from the beginning of a sentence or line to the end of one.
 * Adds text after the core first, then text before it if there is room left. If no sentence begins near the core, half of
 * the room is for text before it. An empty core at 0 means the beginning of the text, and fills at least half of the room.
 */
export function widened(text: string, core: Span, size: number): Span {
  const least = Math.max(0, Math.ceil(core.to - size));
  const begin =
    borderBetween(text, least, core.from, -1) ?? Math.min(core.from, nextWord(text, (least + core.from) >> 1));
  const most = Math.min(text.length, Math.floor(begin + size));
  const end = borderBetween(text, Math.min(core.to || size / 2, most), most, -1) ?? wordBorder(text, most);
  const to = Math.max(core.to, end);
  return { from: borderBetween(text, Math.max(0, Math.ceil(to - size)), begin, 1) ?? begin, to };
}

/** Returns the beginning of the next word if it is near, otherwise the place itself. */
function nextWord(text: string, at: number): number {
  if (/[^\p{L}\p{N}\p{M}]/u.test(text.charAt(at - 1))) return wholeCharacter(text, at);
  const space = text.slice(at, at + 24).search(/\s/);
  return space === -1 ? wholeCharacter(text, at) : at + space + 1;
}

/** Returns the end of the last word before a place if it is near, otherwise the place itself. */
function wordBorder(text: string, at: number): number {
  const space = text.slice(Math.max(0, at - 24), at).search(/\s\S*$/);
  return space === -1 || at >= text.length ? wholeCharacter(text, at) : Math.max(0, at - 24) + space;
}

/** Returns the line that opens the fence around a place; undefined outside fences. */
function openFence(text: string, at: number): string | undefined {
  // Most texts have no fence, and a search for lines takes longer than all the rest.
  if (!text.includes("```") && !text.includes("~~~")) return undefined;
  let open: { line: string; mark: string } | undefined;
  for (const match of text.slice(0, at).matchAll(FENCE)) {
    const [line] = match;
    const mark = match[1] ?? "";
    if (!open) open = { line, mark };
    else if (mark.startsWith(open.mark) && line.trim() === mark) open = undefined;
  }
  return open?.line;
}

/** Returns a part of a text for quoting: marks text that was left out, and opens and closes fences that were cut. */
export function excerptOf(text: string, { from, to }: Span): string {
  const opened = openFence(text, from);
  const closed = openFence(text, to);
  const fence = (line: string) => line.match(/`{3,}|~{3,}/)?.[0] ?? "";
  const quoted = text.slice(from, to).replace(/^\n+|\s+$/g, "");
  return [
    from > 0 ? `${LEFT_OUT}${opened === undefined ? " " : `\n${opened.trim()}\n`}` : "",
    opened === undefined ? quoted.trimStart() : quoted,
    to < text.length ? `${closed === undefined ? " " : `\n${fence(closed)}\n`}${LEFT_OUT}` : "",
  ]
    .join("")
    .toWellFormed();
}
