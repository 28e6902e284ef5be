/** Detects questions that refer to an earlier conversation and have no content of their own: "Let's continue." */
import { fold } from "../memory/folding";
import { termsOf } from "../memory/terms";

const ENDING = "(?:s|[pt]?ed|[pt]?ing|e|en|t|te|ten|a|as|os)?";

/**
 * The beginnings of the words of such questions, without accents: English, German, Spanish. Too many other words begin
 * with those of one or two letters, which are whole words, and of three and four letters, which may have an ending.
 */
const BEGINNINGS = `\
let s continu resum proceed carry pick keep go going back again further left leave off up on last latest recent \
previous earlier before time conversation chat talk discuss speak spoke said say topic subject$ session stop recap \
remind remember were where we us please \
weiter fortsetz fortfahr fahr fort mach aufgehort aufhor steh stehengeblieb geblieben letzt zuletzt mal gesprach \
gesproch gered reden red sprach sprech woruber thema vorhin unterhalt besproch lass uns wir haben hatten waren wo \
knupf anknupf da damals daran davon dazu dort bitte nochmal doch dran beim \
sigamos segui sigue donde dejamos dejado quedamos quedado ultim vez habland hablamos hablabamos charla$ charlas$ \
charlamos$ charlando$ tema estabamos anterior retom pasad habiamos que lo por`;

const WORDS = new RegExp(
  `^(?:${BEGINNINGS.split(" ")
    .map((word) => (word.length > 4 ? word : `${word}${word.length > 2 ? ENDING : ""}$`))
    .join("|")})`,
);

/** Words of such questions that consist of stop words: "Where were we?" "Time" alone is no conversation either. */
const WE = /\b(?:we|wir|estabamos|quedamos)\b/;

/** Returns whether a question only refers to an earlier conversation. */
export function asksToContinue(question: string): boolean {
  const words = termsOf(question, false).map(({ word }) => fold(word));
  const isOnlyThat = words.every((word) => WORDS.test(word));
  return isOnlyThat && (words.some((word) => word !== "time") || WE.test(fold(question.toLowerCase())));
}
