/** Finds the words to look up for a question, each with its other forms and related words. */
import { asksState, expansionOf } from "./expansion";
import type { Wanted } from "./fulltext";
import { inflectionsOf } from "./inflections";
import { type Asked, daysOf } from "./question-days";
import { type Term, termsOf } from "./terms";

/** The most related words to look up for a question: limits the cost of long questions. */
const RELATED_WORDS = 96;

/** Returns the words of a question to look up, and the days that it mentions. */
export function wantedOf(question: string, english: boolean, asked: Asked): Wanted[] {
  const { terms: days, rest } = daysOf(question, asked);
  const terms = termsOf(rest, english);
  return [...(english ? expanded(terms, asksState(question)) : terms.map(inflected)), ...days.map(alone)];
}

const inflected = (term: Term): Wanted => ({ term, ...inflectionsOf(term.word) });

export const alone = (term: Term): Wanted => ({ term, forms: [], related: [] });

/** Adds other forms and related words to words, except words that the question itself contains. */
function expanded(terms: Term[], state: boolean): Wanted[] {
  const said = new Set(terms.map(({ word }) => word));
  const others = (words: string[]) => words.filter((word) => !said.has(word));
  let left = RELATED_WORDS;
  return terms.map((term) => {
    const { forms, related } = expansionOf(term.word, state);
    const chosen = others(related).slice(0, left);
    left -= chosen.length;
    return { term, forms: others(forms), related: chosen };
  });
}
