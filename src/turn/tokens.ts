/**
 * Estimates the tokens of a text for Llama 3, rather too many than too few.
 *
 * The real tokenizer needs megabytes of vocabulary and more start-up time than a Worker has. It splits a text into
 * words, numbers of up to three digits, runs of punctuation and white space, and then splits each piece into parts from
 * its vocabulary. The estimate splits the same way and prices each piece by its script. The prices were fitted to the
 * real tokenizer; `test/turn/tokens.test.ts` measures their error.
 */

import { sum } from "./sum";
import { ENGLISH, letterOf, OTHER, otherTokens, type Prices, spaceTokens, wordTokens } from "./token-prices";
import type { NewMessage, Usage } from "./types";

/** Special tokens of one message in Llama 3's chat template: start, role, end, blank line, end of turn. */
export const MESSAGE_OVERHEAD = 5;

/** Tokens of a call besides its name and arguments: its id and the names of its fields. */
export const CALL_OVERHEAD = 24;

/** Tokens of a quotation in a block, instead of the message's: its mark and its line break. */
export const QUOTATION_OVERHEAD = 2;

/** Tokens of the mark of another line of a quotation, or of a speaker's role. */
export const MARK_OVERHEAD = 3;

/** Tokens of a day's heading in a block of quotations. */
export const DAY_OVERHEAD = 12;

/** Further tokens of a heading that names another conversation. */
export const HEADING_OVERHEAD = 5;

/** Tokens of the start of the text, the reply's header, and the two dates in Llama 3.1's system message. */
export const PROMPT_OVERHEAD = 40;

/** Words that almost every English text contains, and their least share of its words. */
const ENGLISH_WORDS = "the and of is are was it you that for with my this have she he we";
const LONGEST_ENGLISH = 4;
const ENGLISH_SHARE = 1 / 16;

/** The least length of a run of letters, digits and `+/=_-` that may be random: a key, a hash, base64. */
const BLOB = 20;
const BLOB_MARKS = "+/=_-";
/** Tokens per character of random text, and of punctuation. */
const RANDOM = 0.78;
const PUNCTUATION = 0.68;

/** Kinds of code units, cached in a table. Regular expressions would take most of the time of an append. */
const SMALL = 1;
const CAPITAL = 2;
const DIGIT = 3;
const SPACE = 4;
const PUNCT = 5;
const OTHER_KIND = 6;
const KINDS: [RegExp, number][] = [
  [/[a-z]/, SMALL],
  [/[A-Z]/, CAPITAL],
  [/[0-9]/, DIGIT],
  [/\s/, SPACE],
  [/[!-~]/, PUNCT],
];
const known = new Uint8Array(0x10000);

function newKind(code: number): number {
  const character = String.fromCharCode(code);
  const kind = KINDS.find(([pattern]) => pattern.test(character))?.[1] ?? OTHER_KIND;
  known[code] = kind;
  return kind;
}

/** A text with the kind of each of its code units, and one more of OTHER_KIND at the end. */
interface Scanned {
  text: string;
  kinds: Uint8Array;
}

/** The kinds of the last text. One buffer for all texts, because those of long messages would add up to megabytes. */
let buffer = new Uint8Array(1_024);

function scan(text: string): Scanned {
  if (buffer.length <= text.length) buffer = new Uint8Array(text.length + 1);
  const kinds = buffer;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    kinds[at] = known[code] || newKind(code);
  }
  kinds[text.length] = OTHER_KIND;
  return { text, kinds };
}

/** Returns the end of the run of one kind that begins at a place. */
function endOf(kinds: Uint8Array, start: number, kind: number): number {
  let at = start;
  while (kinds[at] === kind) at += 1;
  return at;
}

/** Returns the end of the run of characters of a blob that begins at a place. */
function endOfBlob({ text, kinds }: Scanned, start: number, to: number): number {
  let at = start;
  while (at < to && ((kinds[at] ?? 0) <= DIGIT || (kinds[at] === PUNCT && BLOB_MARKS.includes(text.charAt(at)))))
    at += 1;
  return at;
}

/** Packs the letters of a short word into a number. */
function packed(text: string, from: number, to: number): number {
  let pack = 0;
  for (let at = from; at < to; at += 1) pack = pack * 32 + letterOf(text, at);
  return pack;
}
const englishWords = new Set(ENGLISH_WORDS.split(" ").map((word) => packed(word, 0, word.length)));

/** Returns whether a text looks random: letters mixed with digits, or capitals within a lower-case word. */
const isRandom = (blob: string) => (/[0-9]/.test(blob) ? /[a-zA-Z]/.test(blob) : /[a-z][A-Z]{2,}[a-z]/.test(blob));

/**
 * Returns the tokens of a part of a text: of its words, numbers and the rest, as the tokenizer cuts them. A space before
 * a number is part of its token. @param blobs whether the part may contain random text. @param most stops beyond it
 */
function sumTokens(scanned: Scanned, from: number, to: number, by: Prices, blobs = true, most = Infinity): number {
  const { text, kinds } = scanned;
  let sum = 0;
  let blobEnd = from;
  for (let at = from; at < to && sum <= most; ) {
    const start = at;
    const kind = kinds[at];
    if (blobs && at >= blobEnd) blobEnd = endOfBlob(scanned, at, to);
    if (blobs && blobEnd - at >= BLOB) {
      const blob = text.slice(at, blobEnd);
      sum += isRandom(blob) ? blob.length * RANDOM : sumTokens(scanned, at, blobEnd, by, false);
      at = blobEnd;
    } else if (kind === SMALL || (kind === CAPITAL && kinds[at + 1] === SMALL)) {
      at = endOf(kinds, at + 1, SMALL);
      sum += wordTokens(text, start, at, { isCapitals: false, by });
    } else if (kind === CAPITAL) {
      at = endOf(kinds, at, CAPITAL);
      // The last capital belongs to the next word.
      if (kinds[at] === SMALL) at -= 1;
      sum += wordTokens(text, start, at, { isCapitals: true, by });
    } else if (kind === DIGIT) {
      at = endOf(kinds, at, DIGIT);
      sum += Math.ceil((at - start) / 3);
    } else if (kind === SPACE && text.charAt(at) === " " && kinds[at + 1] === DIGIT) {
      at = endOf(kinds, at + 1, DIGIT);
      sum += 1 + Math.ceil((at - start - 1) / 3);
    } else if (kind === SPACE) {
      at = endOf(kinds, at, SPACE);
      sum += spaceTokens(text.slice(start, at));
    } else if (kind === PUNCT) {
      at = Math.min(to, endOf(kinds, at, PUNCT));
      sum += Math.max(1, (at - start) * PUNCTUATION);
    } else {
      const code = text.codePointAt(at) ?? 0;
      at += code > 0xffff ? 2 : 1;
      sum += otherTokens(code);
    }
  }
  return sum;
}

/** Returns whether a text is in English: common English words are a certain share of its words of Latin letters. */
function isEnglish({ text, kinds }: Scanned): boolean {
  const isJoined = (at: number) => kinds[at] === DIGIT || text.charAt(at) === "_";
  let words = 0;
  let english = 0;
  for (let at = 0; at < text.length; at += 1) {
    const start = at;
    while ((kinds[at] ?? OTHER_KIND) <= CAPITAL) at += 1;
    if (at === start) continue;
    words += 1;
    if (at - start > LONGEST_ENGLISH || isJoined(start - 1) || isJoined(at)) continue;
    if (englishWords.has(packed(text, start, at))) english += 1;
  }
  return english >= words * ENGLISH_SHARE;
}

/** Returns the estimated tokens of a text. @param most the estimate of a text with more tokens stops beyond it */
export function estimateTokens(text: string, most?: number): number {
  const scanned = scan(text);
  return Math.ceil(sumTokens(scanned, 0, text.length, isEnglish(scanned) ? ENGLISH : OTHER, true, most));
}

/**
 * Returns the estimated tokens of a message in a prompt, with its speaker, its calls and the template's overhead.
 * @param most the estimate of a text with more tokens stops beyond it
 */
export function estimateMessage(
  { name, content, toolCalls = [] }: Pick<NewMessage, "name" | "content" | "toolCalls">,
  most?: number,
): number {
  const calls = sum(toolCalls, (call) => CALL_OVERHEAD + estimateTokens(call.name) + estimateTokens(call.arguments));
  const said = estimateTokens(name === undefined ? content : `${name}: ${content}`, most);
  return MESSAGE_OVERHEAD + said + calls;
}

/** Estimates the usage of a turn if the model does not count tokens. */
export function estimateUsage(promptTokens: number, answer: string): Usage {
  const completionTokens = estimateTokens(answer);
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
}
