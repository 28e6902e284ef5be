/** From a word of an English question to the words that its answer may have in its place. */
import { FORMS, MEMBERS, SYNONYMS } from "./lexicon";

export interface Expansion {
  /** The same word in other forms: went, gone. */
  forms: string[];
  /** Words that say much the same, and members of the kind. */
  related: string[];
}

const NONE: Expansion = { forms: [], related: [] };

/** Words that few questions in English do without, and questions in other languages hardly have. */
const ENGLISH =
  /\b(?:what|where|when|who|whose|which|how|why|did|does|are|the|and|my|your|you|with|have|has|they|she|been|about|any)\b/i;
const OTHER_LETTERS = /(?![a-z])\p{L}/iu;

/** Whether a question is in English: words of other languages look like English ones, and mean something else. */
export const isEnglish = (question: string): boolean => ENGLISH.test(question) && !OTHER_LETTERS.test(question);

/** Words meet by what is left without their commonest endings. The full-text index stems the rest. */
function keyOf(word: string): string {
  const stem = word
    .replace(/ies$/, "y")
    .replace(/(?<=...)(?:ing|ed|er|es|e|s)$/, "")
    .replace(/([^aeiou])\1$/, "$1");
  return stem.replace(/y$/, "i");
}

const groupsOf = (list: string) => list.trim().split(/\s+\/\s+/);

let known: Map<string, Expansion> | undefined;

function parse(): Map<string, Expansion> {
  const all = new Map<string, Expansion>();
  const add = (word: string, others: string[], to: keyof Expansion) => {
    const key = keyOf(word);
    const expansion = all.get(key) ?? { forms: [], related: [] };
    all.set(key, expansion);
    for (const other of others) {
      const isKnown = expansion.forms.includes(other) || expansion.related.includes(other);
      if (!isKnown && keyOf(other) !== key) expansion[to].push(other);
    }
  };
  for (const [list, to] of [
    [FORMS, "forms"],
    [SYNONYMS, "related"],
  ] as const) {
    for (const group of groupsOf(list)) {
      const words = group.split(/\s+/);
      for (const word of words) add(word, words, to);
    }
  }
  for (const group of groupsOf(MEMBERS)) {
    const [kind = "", members = ""] = group.split(":");
    add(kind, members.trim().split(/\s+/), "related");
  }
  return all;
}

/** What a word, in lower case, may stand for. The lists are read when they are first needed. */
export function expansionOf(word: string): Expansion {
  known ??= parse();
  return known.get(keyOf(word)) ?? NONE;
}
