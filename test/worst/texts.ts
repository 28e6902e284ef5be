import { random } from "../../bench/text";

const next = random(7);
const letter = (from: number, count: number) => String.fromCodePoint(from + Math.floor(next() * count));
/** Returns a text of words with this number of random letters each. */
const words = (from: number, count: number, length: number, characters: number) => {
  let text = "";
  while (text.length + length < characters) text += `${Array.from({ length }, () => letter(from, count)).join("")} `;
  return text;
};
/** Texts that cost most to index, estimate or store, by kind. */
export const texts: Record<string, (characters: number) => string> = {
  "random letters": (characters) => words(0x61, 26, characters - 1, characters),
  "words of 40 letters": (characters) => words(0x61, 26, 40, characters),
  "words of 40 Georgian letters": (characters) => words(0x10d0, 33, 40, characters),
  "words of 40 Hangul syllables": (characters) => words(0xac00, 11_172, 40, characters),
  "a character that stands for four": (characters) => "㌀".repeat(characters),
  "words of three letters": (characters) => words(0x61, 26, 3, characters),
};

export const entries = <T>(count: number, make: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at));
