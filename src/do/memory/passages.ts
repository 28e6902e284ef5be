/** Finds the passage of a long message that matches a question best. */
import { type Span, widened } from "./borders";
import { FORM, RELATED, saturated } from "./evidence";
import { fold, folds, foldWord, kindOf, kinds, LETTER, OTHER, UNSPACED } from "./folding";
import type { Wanted } from "./fulltext";
import { emojiOf, normalize } from "./scripts";

/** Tokens of a passage, and of the longest message that is quoted whole. */
export const PASSAGE = 70;
const WHOLE = 90;

/** Returns whether a message of so many tokens is too long to be quoted whole. */
export const isLong = (tokens: number): boolean => tokens > WHOLE;

/** The share of a passage that its matching words may span: the rest is for the ends of its sentences. */
const CORE = 0.65;
/**
 * Words with less than this share of the rarest word's weight are everywhere in long messages. They are sought only in a
 * text without any other word.
 */
const COMMON = 1 / 12;
/** The factor for short numbers: the heading of a list has most words of a question, but the item with its number is below. */
const ITEM = 3;
/** The most letters after a stem. */
const ENDING = 4;
/** The most letters after a prefix, which stands for all words that begin with it. */
const LONG_ENDING = 12;

/** A word to find in messages. `word` is the index of the question's word that it stands for. */
interface Sought {
  word: number;
  weight: number;
  ending: number;
}

/** An occurrence of a word of the question in a text. */
interface Hit {
  word: number;
  weight: number;
  at: number;
  end: number;
}

/** The start of the Arabic block: Arabic words may begin with an article, which the index leaves out. */
const ARABIC = 0x600;
/** A text whose only letters are English ones: dashes and quotation marks are the commonest other characters. */
const ENGLISH_LETTERS = /^[\0-\x7f\u2000-\u206f]*$/;

/** Removes the commonest endings of languages with Latin letters; the index removes more. */
const stemOf = (word: string) => word.replace(/(?<=...)(?:ies|ing|ed|es|e|y|s)$/, "");

/** A hash of a word's first characters excludes most words of a text without a look-up. */
const HASHES = 1 << 14;
const HASHED = 4;
const hashed = (hash: number, code: number) => (Math.imul(hash, 31) + code) & (HASHES - 1);

/** Finds the words of a question in texts. */
export class Finder {
  readonly #words = new Map<string, Sought>();
  readonly #begins = new Uint8Array(HASHES);
  /** The longest ending that a word may have. */
  #ending = ENDING;
  readonly #worth: number[];
  /** Matches the words of an English text that begin with one of the words to find. */
  #pattern: RegExp | undefined;
  /** Finds the common words too; undefined without any. */
  #all: Finder | undefined;

  /** @param rarities the weight of a hit of each word. @param share see {@link COMMON} */
  constructor(wanted: Wanted[], rarities: ReadonlyMap<string, number>, share = COMMON) {
    // The words of a date are sought one by one: the passage has most of them where the date is.
    const words = wanted.flatMap(({ term: { word: key, date = [key] }, forms, related }) =>
      date.map((word) => ({ word, key, forms, related })),
    );
    // Of two words that weigh the same, the longer one tells more: a name or a number in a table, not its heading.
    this.#worth = words.map(
      ({ word, key }) => ((rarities.get(key) ?? 0) + word.length / 1_000) * (Number(word) < 1_000 ? ITEM : 1),
    );
    const least = share * Math.max(...this.#worth);
    for (const [word, { word: text, forms, related }] of words.entries()) {
      if ((this.#worth[word] ?? 0) < least) {
        this.#all ??= new Finder(wanted, rarities, 0);
        continue;
      }
      this.#seek(emojiOf(text) ?? text, { word, weight: 1, ending: ENDING });
      for (const form of forms) this.#seek(form, { word, weight: FORM, ending: ENDING });
      // Related words of the lexicon are left out: they hardly change passages, and take a tenth of the time.
      for (const form of related) if (form.endsWith("*")) this.#seek(form, { word, weight: RELATED, ending: ENDING });
    }
  }

  #seek(text: string, sought: Sought): void {
    const isBeginning = text.endsWith("*");
    const folded = fold(isBeginning ? text.slice(0, -1) : text);
    const key = isBeginning ? folded : stemOf(folded);
    if (key === "" || (this.#words.get(key)?.weight ?? 0) >= sought.weight) return;
    // A word of one letter, such as the name of C++, has no endings.
    const ending = isBeginning ? LONG_ENDING : key.length === 1 ? 0 : sought.ending;
    this.#ending = Math.max(this.#ending, ending);
    this.#words.set(key, { ...sought, ending });
    const length = Math.min(HASHED, key.length);
    let hash = 0;
    for (let at = 0; at < length; at += 1) hash = hashed(hash, key.charCodeAt(at));
    this.#begins[hash] = (this.#begins[hash] ?? 0) | (1 << length);
  }

  /** Returns the occurrences of the question's words in a text, in their order. */
  #hits(text: string): Hit[] {
    return ENGLISH_LETTERS.test(text) ? this.#englishHits(text.toLowerCase()) : this.#hitsOfAnyScript(text);
  }

  /** A regular expression takes half the time of a loop over all characters. */
  #englishHits(text: string): Hit[] {
    if (!this.#pattern) {
      const begins = [...this.#words.keys()].filter((key) => /^[a-z0-9]*$/.test(key));
      this.#pattern = new RegExp(`(?<![a-z0-9])(?:${begins.join("|") || "(?!)"})[a-z0-9]*`, "g");
    }
    const hits: Hit[] = [];
    for (const { 0: word, index } of text.matchAll(this.#pattern)) this.#hit(hits, word, index, index + word.length);
    return hits;
  }

  #hitsOfAnyScript(text: string): Hit[] {
    const hits: Hit[] = [];
    const { length } = text;
    for (let at = 0; at < length; ) {
      const code = text.charCodeAt(at);
      const kind = kinds[code] || kindOf(code);
      if (kind === OTHER) {
        at += 1;
        continue;
      }
      if (kind === UNSPACED) {
        if (this.#mayBegin(text, at, Math.min(length, at + HASHED)))
          for (const size of [HASHED, 2, 1]) if (this.#hit(hits, text.slice(at, at + size), at, at + size)) break;
        at += 1;
        continue;
      }
      const start = at;
      at += 1;
      for (; at < length; at += 1) {
        const next = text.charCodeAt(at);
        if ((kinds[next] || kindOf(next)) !== LETTER) break;
      }
      if (code >= ARABIC && code < ARABIC + 0x100) this.#hit(hits, normalize(text.slice(start, at)), start, at);
      else if (this.#mayBegin(text, start, at)) this.#hit(hits, foldWord(text.slice(start, at)), start, at);
    }
    return hits;
  }

  /** Returns whether one of the words to find may begin at a position of a text. */
  #mayBegin(text: string, start: number, end: number): boolean {
    let hash = 0;
    for (let at = start; at < end && at < start + HASHED; at += 1) {
      const code = text.charCodeAt(at);
      const folded = folds[code];
      if (!folded) return true;
      hash = hashed(hash, folded);
      if (((this.#begins[hash] ?? 0) >> (at - start + 1)) & 1) return true;
    }
    return false;
  }

  #hit(hits: Hit[], text: string, at: number, end: number): boolean {
    const least = Math.max(1, text.length - this.#ending);
    for (let length = text.length; length >= least; length -= 1) {
      const sought = this.#words.get(length === text.length ? text : text.slice(0, length));
      if (!sought || text.length - length > sought.ending) continue;
      // No number is another form of a shorter one.
      if (/\d\d/.test(text.slice(length - 1, length + 1))) continue;
      hits.push({ word: sought.word, weight: sought.weight, at, end });
      return true;
    }
    return false;
  }

  /**
   * Returns the best passage of so many characters: a place with many words of the question, widened to whole
   * sentences. Returns the beginning of a text without any of these words.
   */
  passage(text: string, size: number): Passage {
    const hits = this.#hits(text);
    if (hits.length === 0 && this.#all) return this.#all.passage(text, size);
    const amounts = new Float64Array(this.#worth.length);
    let sum = 0;
    const change = ({ word, weight }: Hit, sign: 1 | -1) => {
      const amount = amounts[word] ?? 0;
      const changed = Math.max(0, amount + sign * weight);
      sum += (this.#worth[word] ?? 0) * (saturated(changed) - saturated(amount));
      amounts[word] = changed;
    };
    let best = { sum: 0, from: 0, to: 0 };
    let first = 0;
    for (const hit of hits) {
      change(hit, 1);
      for (let old = hits[first]; old && hit.end - old.at > size * CORE; old = hits[first]) {
        change(old, -1);
        first += 1;
      }
      if (sum > best.sum + 1e-9) best = { sum, from: hits[first]?.at ?? 0, to: hit.end };
    }
    for (const old of hits.slice(0, first)) change(old, 1);
    const share = best.sum > 0 ? Math.min(1, best.sum / sum) : 1;
    return { ...widened(text, best, size), share };
  }
}

/** The quoted part of a message. */
export interface Passage extends Span {
  /** The weight of the words in the passage, as a share of the weight of all matching words in the message. */
  share: number;
}
