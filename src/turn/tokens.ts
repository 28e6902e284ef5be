/**
 * Estimates the tokens of a text for Llama 3, rather too many than too few.
 *
 * The real tokenizer needs megabytes of vocabulary and more start-up time than a Worker has. It splits a text into
 * words, numbers of up to three digits, runs of punctuation and white space, and then splits each piece into parts from
 * its vocabulary. The estimate splits the same way and prices each piece by its script. The prices were fitted to the
 * real tokenizer; `test/turn/tokens.test.ts` measures their error.
 */

import type { NewMessage } from "./types";

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

/** Letters that often follow a letter in English: the vocabulary has most words that consist of such pairs. */
const FOLLOWERS: Record<string, string> = {
  a: "bcdfghiklmnprstuvwyz",
  b: "aeiloruy",
  c: "acehiklortu",
  d: "aeiorsu",
  e: "acdefiklmnoprstvwxy",
  f: "aefilortu",
  g: "aehilorsu",
  h: "aeinortuy",
  i: "abcdefgklmnoprstvz",
  j: "ou",
  k: "eins",
  l: "adefiklopstuwy",
  m: "aeimopsuy",
  n: "acdegijknosty",
  o: "abcdfghiklmnoprstuvwy",
  p: "aehiloprstu",
  q: "u",
  r: "acdefgiklmnorstuy",
  s: "acehikopstuy",
  t: "abcehilorstuy",
  u: "cdegilmnprst",
  v: "aeio",
  w: "aehinor",
  x: "cp",
  y: "eiost",
  z: "i",
};

/** Tokens per character, by script. Other scripts cost a token per byte, the maximum. */
const SCRIPTS: [RegExp, number][] = [
  [/[\u00c0-\u024f\u1e00-\u1eff]/, 1],
  [/[\u0300-\u036f]/, 1],
  [/[\u0370-\u03ff]/, 0.6],
  [/[\u0400-\u04ff]/, 0.55],
  [/[\u0590-\u05ff]/, 1.3],
  [/[\u0600-\u06ff]/, 0.6],
  [/[\u0900-\u097f]/, 0.75],
  [/[\u0e00-\u0e7f]/, 0.7],
  [/[\u3000-\u30ff\uff00-\uffef]/, 1],
  [/[\u4e00-\u9fff]/, 1.35],
  [/[\uac00-\ud7a3]/, 1.2],
];

/** The tokens of a language's words: per letter, and per unusual pair of letters. */
interface Prices {
  letters: number;
  unusual: number;
}
const ENGLISH: Prices = { letters: 1 / 9, unusual: 0.3 };
const OTHER: Prices = { letters: 1 / 3.6, unusual: 0.6 };
/** The least tokens of a word: even short words are not always one token. */
const KNOWN = 1.04;
/** The factor for words in capitals: fewer of them are in the vocabulary. */
const CAPITALS = 1.5;

/** Words that almost every English text contains, and their least share of its words. */
const ENGLISH_WORDS = /\b(?:the|and|of|is|are|was|it|you|that|for|with|my|this|have|she|he|we)\b/gi;
const ENGLISH_SHARE = 1 / 16;

/** Words, numbers and the rest, as the tokenizer cuts them; a space before a word is part of the word's token. */
const PIECES =
  /(?<blob>[A-Za-z0-9+/=_-]{20,})|(?<word>[A-Z]?[a-z]+|[A-Z]+(?![a-z]))|(?<digits> ?[0-9]+)|(?<space>\s+)|(?<punct>[!-/:-@[-`{-~]+)|(?<other>.)/gsu;
const BLOB_PARTS = /(?<word>[A-Z]?[a-z]+|[A-Z]+(?![a-z]))|(?<digits>[0-9]+)|(?<punct>[^A-Za-z0-9]+)/g;

/** Tokens per character of random text: keys, hashes, base64. */
const RANDOM = 0.78;

type Groups = { [name: string]: string | undefined };

function pieceTokens({ blob, word, digits, space, punct, other }: Groups, prices: Prices): number {
  if (blob !== undefined) return isRandom(blob) ? blob.length * RANDOM : sumTokens(blob, BLOB_PARTS, prices);
  if (word !== undefined) return wordTokens(word, prices);
  if (digits !== undefined) return (digits.startsWith(" ") ? 1 : 0) + Math.ceil(digits.trimStart().length / 3);
  if (space !== undefined) return spaceTokens(space);
  if (punct !== undefined) return Math.max(1, punct.length * 0.68);
  return other === undefined ? 0 : otherTokens(other);
}

/** Returns whether a text looks random: letters mixed with digits, or capitals within a lower-case word. */
const isRandom = (blob: string) => (/[0-9]/.test(blob) ? /[a-zA-Z]/.test(blob) : /[a-z][A-Z]{2,}[a-z]/.test(blob));

function wordTokens(word: string, prices: Prices): number {
  const lower = word.toLowerCase();
  let unusual = 0;
  for (let at = 1; at < lower.length; at += 1) {
    if (!FOLLOWERS[lower.charAt(at - 1)]?.includes(lower.charAt(at))) unusual += 1;
  }
  // A name or a random string in an English text is not an English word.
  const by = unusual > word.length / 3 ? OTHER : prices;
  const capitals = word.length > 1 && word === word.toUpperCase() ? CAPITALS : 1;
  return capitals * Math.max(KNOWN, word.length * by.letters + unusual * by.unusual);
}

/** Returns the tokens of white space. Long runs of one kind take few tokens, and a single space none. */
function spaceTokens(space: string): number {
  if (space === " ") return 0;
  return [...space.matchAll(/ +|\n+|[^ \n]/g)].reduce((sum, [run]) => sum + 0.6 + run.length / 16, 0.4);
}

function otherTokens(character: string): number {
  for (const [script, price] of SCRIPTS) if (script.test(character)) return price;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x20000 ? 3 : 4;
}

function sumTokens(text: string, pieces: RegExp, prices: Prices): number {
  let sum = 0;
  for (const { groups } of text.matchAll(pieces)) if (groups) sum += pieceTokens(groups, prices);
  return sum;
}

function isEnglish(text: string): boolean {
  const words = text.match(/[a-z]+/gi)?.length ?? 0;
  return (text.match(ENGLISH_WORDS)?.length ?? 0) >= words * ENGLISH_SHARE;
}

/** Returns the estimated tokens of a text. */
export function estimateTokens(text: string): number {
  return Math.ceil(sumTokens(text, PIECES, isEnglish(text) ? ENGLISH : OTHER));
}

/** Returns the estimated tokens of a message in a prompt, with its speaker, its calls and the template's overhead. */
export function estimateMessage({
  name,
  content,
  toolCalls = [],
}: Pick<NewMessage, "name" | "content" | "toolCalls">): number {
  const calls = toolCalls.map((call) => CALL_OVERHEAD + estimateTokens(call.name) + estimateTokens(call.arguments));
  const said = estimateTokens(name === undefined ? content : `${name}: ${content}`);
  return calls.reduce((sum, tokens) => sum + tokens, MESSAGE_OVERHEAD + said);
}
