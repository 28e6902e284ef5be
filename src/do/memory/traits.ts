/** What a message looks like, kept with it as bits: what an answer to a kind of question tends to have. */

// Bit 1 is in stored messages and no longer used.

/** It names something: a capital in mid-sentence that is no speaker's, or a quotation mark. */
export const NAMES = 2;
/** It speaks of a time. */
export const TIMES = 4;
/** It has a number. */
export const COUNTS = 8;

/** It is of a function, and no text. */
export const QUIET = 16;

const CAPITAL = /(?<=[\p{Ll}\p{N},;:)] )\p{Lu}\p{L}+/gu;
const QUOTED = /["“”«»„]/;
const TIME =
  /\b(?:yesterday|today|tonight|tomorrow|ago|last|next|since|until|weeks?|weekends?|months?|years?|days?|mornings?|evenings?|nights?|spring|summer|autumn|winter|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|november|december|\d{4})\b/i;
const NUMBER =
  /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|once|twice|dozen|couple|few|several)\b/i;

/** A long message has some of everything: what it begins with says enough. */
const READ = 4_000;

/**
 * The traits of a message.
 * @param speakers names that say who is spoken to, not what is spoken of; in lower case
 */
export function traitsOf(content: string, speakers: ReadonlySet<string>): number {
  const start = content.slice(0, READ);
  const isName = (word: string) => word !== "I" && !speakers.has(word.toLowerCase());
  return (
    (QUOTED.test(start) || start.match(CAPITAL)?.some(isName) ? NAMES : 0) |
    (TIME.test(start) ? TIMES : 0) |
    (NUMBER.test(start) ? COUNTS : 0)
  );
}

const WHEN = /\b(?:when|how long|(?:what|which) (?:year|month|date|day))\b/i;
const HOW_MANY = /\b(?:how (?:many|often|old|much)|what time)\b/i;

/** How much more likely a message answers a question of some kind for a trait that it has. Found on long conversations. */
export type Priors = [trait: number, factor: number][];

const NAMED = 1.15;
const TIMED = 1.25;
const COUNTED = 1.3;

/** The priors of a question; what looks like an answer is known of English alone. */
export function priorsOf(question: string, english: boolean): Priors {
  if (!english) return [];
  const priors: Priors = [[NAMES, NAMED]];
  if (WHEN.test(question)) priors.push([TIMES, TIMED]);
  if (HOW_MANY.test(question)) priors.push([COUNTS, COUNTED]);
  return priors;
}
