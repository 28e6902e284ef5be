/** Expands a word of an English question to words that the answer may use instead. */
import { FORMS, MEMBERS, SYNONYMS } from "./lexicon";
import { STATE_EVENTS } from "./state-events";

export interface Expansion {
  /** The same word in other forms: went, gone. */
  forms: string[];
  /** Words of similar meaning, and members of a kind: dog, for pet. */
  related: string[];
}

/** The expansion of a word, with the events for questions about a state. */
interface Entry extends Expansion {
  /** Events that change the state that the word names. */
  events: string[];
}

const NONE: Entry = { forms: [], related: [], events: [] };

/** Words that most English questions contain, and few questions in other languages. */
const ENGLISH =
  /\b(?:what|where|when|who|whose|which|how|why|did|does|are|the|and|my|your|you|with|have|has|they|she|been|about|any|(?:do|am|is|was|were|can|should|will)\s+(?:i|we|our|it|he|there))\b/i;
/** Patterns for questions about a present state, not about past events. */
const OWN = /\b(?:i|me|my|we|our|the)\b/i;
const PRESENT = /\b(?:do|does|am|is|are|have|has)\b|'s\b/i;
const NOT_PRESENT = /\b(?:did|was|were|had|will|would|ago|yesterday|last)\b/i;

/**
 * Returns whether an English question asks about a state. An event that changed the state may answer it, and so may the
 * last message about it.
 */
export const asksState = (question: string): boolean =>
  OWN.test(question) && PRESENT.test(question) && !NOT_PRESENT.test(question);
const OTHER_LETTERS = /(?![a-z])\p{L}/iu;

/** Returns whether a question is in English. Some words of other languages look English and mean something else. */
export const isEnglish = (question: string): boolean => ENGLISH.test(question) && !OTHER_LETTERS.test(question);

/** Returns the key of a word: the word without the most common endings. The full-text index stems the rest. */
function keyOf(word: string): string {
  const stem = word
    .replace(/ies$/, "y")
    .replace(/(?<=...)(?:ing|ed|er|es|e|s)$/, "")
    .replace(/([^aeiou])\1$/, "$1");
  return stem.replace(/y$/, "i");
}

let known: Map<string, Entry> | undefined;

function parse(): Map<string, Entry> {
  const all = new Map<string, Entry>();
  for (const [list, to] of [
    [FORMS, "forms"],
    [SYNONYMS, "related"],
    [STATE_EVENTS, "events"],
    [MEMBERS, "related"],
  ] as const) {
    for (const group of list.split(", ")) {
      const [words = [], others = words] = group.split(": ").map((part) => part.split(" "));
      for (const word of words) {
        const key = keyOf(word);
        const expansion = all.get(key) ?? { forms: [], related: [], events: [] };
        all.set(key, expansion);
        for (const other of others) {
          const isKnown = expansion.forms.includes(other) || expansion[to].includes(other);
          if (!isKnown && keyOf(other) !== key) expansion[to].push(other);
        }
      }
    }
  }
  return all;
}

/**
 * Returns the expansion of a word in lower case. Parses the word lists on first use.
 * @param state whether the question asks about a state
 */
export function expansionOf(word: string, state = false): Expansion {
  known ??= parse();
  const { forms, related, events } = known.get(keyOf(word)) ?? NONE;
  return { forms, related: state ? [...new Set([...events, ...related])] : related };
}
