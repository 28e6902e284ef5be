/**
 * How many tokens a text has for Llama 3, estimated, and rather too many than too few.
 *
 * The true tokenizer is megabytes of vocabulary and start-up time that a Worker does not have. It cuts a text into
 * words, numbers of up to three digits, runs of punctuation and white space, and each piece into parts that it knows.
 * The estimate cuts the same way and prices each piece by its script. The prices were fitted against the true
 * tokenizer; the test beside this file measures what they are worth.
 */

/** Special tokens of one message in Llama 3's chat template: start, role, end, blank line, end of turn. */
export const MESSAGE_OVERHEAD = 5;

/** What stands around a call: its id, and the names of its fields. */
export const CALL_OVERHEAD = 24;

/** What a quotation in a block of them takes instead: its mark and its line's end. */
export const QUOTATION_OVERHEAD = 2;

/** The mark of one more line of a quotation, or a speaker's role where there is no name. */
export const MARK_OVERHEAD = 3;

/** A day in a block of quotations: its date, and the lines around it. */
export const DAY_OVERHEAD = 12;

/** What a day's heading has more where it says that this is another conversation. */
export const HEADING_OVERHEAD = 5;

/** Begin of text, the header of the reply, and the two dates that Llama 3.1's template puts into the system message. */
export const PROMPT_OVERHEAD = 40;

/** Which letters commonly follow which in English: a word that keeps to these is one that the vocabulary knows. */
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

/** Tokens a character, by script; a script that is not here costs a token a byte, which is the most there is. */
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

/** How the words of a language are priced: by their letters, and by letters that follow each other unusually. */
interface Prices {
  letters: number;
  unusual: number;
}
const ENGLISH: Prices = { letters: 1 / 9, unusual: 0.3 };
const OTHER: Prices = { letters: 1 / 3.6, unusual: 0.6 };
/** Even short words are not always one token. */
const KNOWN = 1.04;
/** Words in capitals are known less often. */
const CAPITALS = 1.5;

/** Words that hardly any English text does without, and the least share of them. */
const ENGLISH_WORDS = /\b(?:the|and|of|is|are|was|it|you|that|for|with|my|this|have|she|he|we)\b/gi;
const ENGLISH_SHARE = 1 / 16;

/** Words, numbers and the rest, as the tokenizer cuts them; a space before a word is part of the word's token. */
const PIECES =
  /(?<blob>[A-Za-z0-9+/=_-]{20,})|(?<word>[A-Z]?[a-z]+|[A-Z]+(?![a-z]))|(?<digits> ?[0-9]+)|(?<space>\s+)|(?<punct>[!-/:-@[-`{-~]+)|(?<other>.)/gsu;
const BLOB_PARTS = /(?<word>[A-Z]?[a-z]+|[A-Z]+(?![a-z]))|(?<digits>[0-9]+)|(?<punct>[^A-Za-z0-9]+)/g;

/** Tokens of a random character: keys, hashes, base64. */
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

/** Letters with a case that no word has, or with digits in between. */
const isRandom = (blob: string) => (/[0-9]/.test(blob) ? /[a-zA-Z]/.test(blob) : /[a-z][A-Z]{2,}[a-z]/.test(blob));

function wordTokens(word: string, prices: Prices): number {
  const lower = word.toLowerCase();
  let unusual = 0;
  for (let at = 1; at < lower.length; at += 1) {
    if (!FOLLOWERS[lower.charAt(at - 1)]?.includes(lower.charAt(at))) unusual += 1;
  }
  // A name or a random string in an English text is no English word.
  const by = unusual > word.length / 3 ? OTHER : prices;
  const capitals = word.length > 1 && word === word.toUpperCase() ? CAPITALS : 1;
  return capitals * Math.max(KNOWN, word.length * by.letters + unusual * by.unusual);
}

/** White space of one kind is few tokens however long, and one space none of its own. */
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

/** Estimated tokens of a text. */
export function estimateTokens(text: string): number {
  return Math.ceil(sumTokens(text, PIECES, isEnglish(text) ? ENGLISH : OTHER));
}

/** A message that goes into a prompt. */
interface Weighed {
  name?: string | undefined;
  content: string;
  toolCalls?: { name: string; arguments: string }[] | undefined;
}

/** Estimated tokens that a message takes in a prompt, with its speaker, its calls and the template's overhead. */
export function estimateMessage({ name, content, toolCalls = [] }: Weighed): number {
  const calls = toolCalls.map((call) => CALL_OVERHEAD + estimateTokens(call.name) + estimateTokens(call.arguments));
  const said = estimateTokens(name === undefined ? content : `${name}: ${content}`);
  return calls.reduce((sum, tokens) => sum + tokens, MESSAGE_OVERHEAD + said);
}
