/** Traits of a message that answers to certain kinds of questions often have. Stored with the message, as bits. */

import { MONTHS, NUMBERS, WEEKDAYS } from "./days";

// Stored messages may have bit 1, which is no longer used.

/** The message names something: it has a quotation mark, or a capitalized word, except speakers, within a sentence. */
export const NAMES = 2;
/** The message mentions a time. */
export const TIMES = 4;
/** The message has a number. */
export const COUNTS = 8;

/** The message is a call or a result of a function, without text to recall. */
export const QUIET = 16;

const CAPITAL = /(?<=[\p{Ll}\p{N},;:)] )\p{Lu}\p{L}+/gu;
const QUOTED = /["“”«»„]/;
const TIME_WORDS =
  "yesterday|today|tonight|tomorrow|ago|last|next|since|until|weeks?|weekends?|months?|years?|days?|mornings?|evenings?|nights?|spring|summer|autumn|winter|\\d{4}";
const TIME = new RegExp(`\\b(?:${[TIME_WORDS, ...WEEKDAYS, ...MONTHS].join("|")})\\b`, "i");
const NUMBER_WORDS = "twenty|thirty|forty|fifty|hundred|thousand|million|once|twice|dozen|couple|few|several";
const NUMBER = new RegExp(`\\d|\\b(?:${[NUMBER_WORDS, ...NUMBERS].join("|")})\\b`, "i");

/** Only the first characters of a message are read: a whole long message would have every trait. */
const READ = 4_000;

/**
 * Returns the traits of a message.
 * @param speakers names of speakers, in lower case: they address a person and are not a topic
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

/** For each trait, how much more likely a message with it answers the question. Measured on long conversations. */
export type Priors = [trait: number, factor: number][];

const NAMED = 1.15;
const TIMED = 1.25;
const COUNTED = 1.3;

/** Returns the priors of a question. Only English questions have priors. */
export function priorsOf(question: string, english: boolean): Priors {
  if (!english) return [];
  const priors: Priors = [[NAMES, NAMED]];
  if (WHEN.test(question)) priors.push([TIMES, TIMED]);
  if (HOW_MANY.test(question)) priors.push([COUNTS, COUNTED]);
  return priors;
}
