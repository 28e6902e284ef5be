/** Compares words without case and accents, in any script. */
import { spelled, UNSPACED_CHARACTER } from "./scripts";

/** Kinds of characters. UNSPACED: of scripts without spaces, and emoji. */
export const OTHER = 1;
export const LETTER = 2;
export const UNSPACED = 3;
/** Emoji of one code unit, and halves of emoji of two. */
const PICTURE = /[\p{Extended_Pictographic}\ud800-\udfff]/u;
/**
 * The kind of each UTF-16 code unit, 0 until it is needed, and the unit without case and accents; 0 for units that are
 * then none or several, such as accents and ß.
 */
export const kinds = new Uint8Array(0x10000);
export const folds = new Uint16Array(0x10000);

/** Returns the kind of a code unit. Caches it, because regular expressions over long texts are slow. */
export function kindOf(code: number): number {
  const known = kinds[code];
  if (known) return known;
  const character = String.fromCharCode(code);
  const folded = fold(character);
  const isUnspaced = UNSPACED_CHARACTER.test(character) || PICTURE.test(character);
  const kind = isUnspaced ? UNSPACED : /[\p{L}\p{N}\p{M}]/u.test(character) ? LETTER : OTHER;
  folds[code] = kind === UNSPACED ? code : folded.length === 1 ? folded.charCodeAt(0) : 0;
  kinds[code] = kind;
  return kind;
}

/** Combining accents, and the vowel signs of Arabic and Hebrew. */
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u0652]/g;

export const SMALL_LETTERS = /^[a-z0-9]*$/;

/** Returns a word without case and accents. */
export const fold = (text: string): string =>
  SMALL_LETTERS.test(text) ? text : spelled(text).normalize("NFD").replace(MARKS, "").normalize();

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
      hash = (Math.imul(hash, 31) + (folds[code] || code)) | 0;
    }
    before = kind;
  }
  return hash;
}
