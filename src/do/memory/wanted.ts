/** From a question to the words that are looked up for it, each with the words that may stand in its place. */
import { asksState, expansionOf } from "./expansion";
import type { Wanted } from "./fulltext";
import { inflectionsOf } from "./inflections";
import { type Asked, daysOf } from "./question-days";
import { type Term, termsOf } from "./terms";

/** How many related words of a question are looked up, so that one about everything costs little more than others. */
const RELATED_WORDS = 96;

/** Returns the words of a question that are worth looking up, and the days that it speaks of. */
export function wantedOf(question: string, english: boolean, asked: Asked): Wanted[] {
  const { terms: days, rest } = daysOf(question, asked);
  const terms = termsOf(rest, english);
  return [...(english ? expanded(terms, asksState(question)) : terms.map(inflected)), ...days.map(alone)];
}

const inflected = (term: Term): Wanted => ({ term, ...inflectionsOf(term.word) });

export const alone = (term: Term): Wanted => ({ term, forms: [], related: [] });

/** Returns words with their other forms and related words, without those that the question has itself. */
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
