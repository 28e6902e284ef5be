/** The text that version 2.0.0 indexed for a message: its code, with the words of days, which are still the same. */
import { dayWords } from "../../../src/do/memory/days";

/** Scripts that were indexed by pairs of characters. Hangul was not. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc]+/gu;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

const COMPOUND = 12;
const PART = 5;
const LONGEST = 40;
const PARTS = 2_000;

const GROWTH = 3;
const GROWTH_MORE = 1_000;

function normalize(text: string): string {
  return text
    .normalize("NFKC")
    .slice(0, text.length + GROWTH_MORE)
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replace(/[\u064b-\u0652\u0640]/g, "")
    .replace(/[أإآ]/g, "ا")
    .replaceAll("ى", "ي")
    .replaceAll("ة", "ه")
    .replace(/(?<!\p{L})[وفب]?ال(?=\p{L}{3})/gu, "");
}

const PAIR = /.(?=(.?))/gsu;

function partsOf(word: string): string[] {
  if (word.length < COMPOUND || word.length > LONGEST || /\p{N}/u.test(word)) return [];
  const cuts = Array.from({ length: word.length - 2 * PART + 1 }, (_, at) => at + PART);
  return cuts.flatMap((cut) => [word.slice(0, cut), word.slice(cut)]);
}

function partsIn(text: string): string {
  let parts = "";
  for (const [word] of text.matchAll(WORD)) {
    if (word.length < COMPOUND) continue;
    parts += ` ${partsOf(word).join(" ")}`;
    if (parts.length > PARTS) break;
  }
  return parts;
}

export function indexText(content: string, createdAt: number): string {
  const text = normalize(content);
  const days = dayWords(content, createdAt);
  const rest = `${text.replace(UNSPACED, (run) => ` ${run.replace(PAIR, "$&$1 ")}`)}${partsIn(text)}`;
  return `${days} ${rest.slice(0, GROWTH * content.length + GROWTH_MORE - days.length)}`;
}
