/** Compares words without case and accents, in any script. */
import { UNSPACED_CHARACTER } from "./scripts";

/** Kinds of characters. UNSPACED: of scripts without spaces, and emoji. */
export const OTHER = 1;
export const LETTER = 2;
export const UNSPACED = 3;
/** Emoji of one code unit, and halves of emoji of two. */
const PICTURE = /[\p{Extended_Pictographic}\ud800-\udfff]/u;
/** The kind of each UTF-16 code unit, and the unit without case and accents; 0 until it is needed. */
export const kinds = new Uint8Array(0x10000);
export const folds = new Uint16Array(0x10000);

/** Returns the kind of a code unit. Caches it, because regular expressions over long texts are slow. */
export function kindOf(code: number): number {
  const known = kinds[code];
  if (known) return known;
  const character = String.fromCharCode(code);
  folds[code] = character.normalize("NFKD").toLowerCase().charCodeAt(0) || code;
  const isUnspaced = UNSPACED_CHARACTER.test(character) || PICTURE.test(character);
  const kind = isUnspaced ? UNSPACED : /[\p{L}\p{N}\p{M}]/u.test(character) ? LETTER : OTHER;
  if (kind === UNSPACED) folds[code] = code;
  kinds[code] = kind;
  return kind;
}

/** Returns whether a code unit is a combining accent, or a vowel sign of Arabic or Hebrew. */
const isMark = (code: number) =>
  (code >= 0x300 && code <= 0x36f) ||
  (code >= 0x591 && code <= 0x5c7) ||
  code === 0x640 ||
  (code >= 0x64b && code <= 0x652);

export const SMALL_LETTERS = /^[a-z0-9]*$/;

/** Returns a word without case and accents. */
export function fold(text: string): string {
  if (SMALL_LETTERS.test(text)) return text;
  let folded = "";
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    kindOf(code);
    if (text.charAt(at) === "ß") folded += "ss";
    else if (text.charAt(at) === "ı") folded += "i";
    else if (!isMark(code)) folded += String.fromCharCode(folds[code] ?? code);
  }
  return folded;
}

/** Returns a hash of a text's words and emoji. Texts that differ only in case, accents and punctuation have the same. */
export function fingerprint(text: string): number {
  let hash = 0;
  let before = OTHER;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const kind = kinds[code] || kindOf(code);
    if (kind !== OTHER) {
      // A gap between words counts as a character.
      if (before === OTHER) hash = Math.imul(hash, 31);
      hash = (Math.imul(hash, 31) + (folds[code] ?? code)) | 0;
    }
    before = kind;
  }
  return hash;
}
