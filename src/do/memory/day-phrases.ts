/**
 * Patterns of dates and days in questions: English, German, Spanish, French, Italian, Portuguese, Chinese, Japanese,
 * Korean.
 */

import { MONTHS, NUMBERS, WEEKDAYS, weekdayOf } from "./days";

/** The names of each month in lower case, the English ones first. */
export const MONTH_NAMES = [
  "jan januar enero janvier gennaio janeiro",
  "feb februar febrero février febbraio fevereiro",
  "mar märz marzo mars março",
  "apr abril avril aprile",
  "mai mayo maggio maio",
  "jun juni junio juin giugno junho",
  "jul juli julio juillet luglio julho",
  "aug agosto août",
  "sept sep septiembre septembre settembre setembro",
  "oct okt oktober octubre octobre ottobre outubro",
  "nov noviembre novembre novembro",
  "dec dez dezember diciembre décembre dicembre dezembro",
].map((names, at) => `${MONTHS[at]} ${names}`.toLowerCase().split(" "));

/** Number words, from one on; "a few" means three. */
const NUMBER_WORDS = [
  "a an ein eine einem einer un una uno une um uma 一 한",
  "couple zwei dos deux due dois duas 二 两 兩 두",
  "few drei einigen tres trois tre três unos quelques alguns 三 几 数 세",
  "vier cuatro quatre quattro quatro 四 네",
  "fünf cinco cinq cinque 五 다섯",
  "sechs seis sei 六",
  "sieben siete sept sette sete 七",
  "acht ocho huit otto oito 八",
  "neun nueve neuf nove 九",
  "zehn diez dix dieci dez 十",
  "elf once onze undici 十一",
  "zwölf doce douze dodici doze 十二",
].map((words, at) => `${NUMBERS[at]} ${words}`.split(" "));
const VAGUE = /couple|few|einigen|unos|quelques|alguns|几|数/;

/** Returns the place of a month in the year, from 0, by its name or number. */
export function monthOf(month = ""): number | undefined {
  const number = Number(month) || 1 + MONTH_NAMES.findIndex((names) => names.includes(month.toLowerCase()));
  return number >= 1 && number <= 12 ? number - 1 : undefined;
}

const longestFirst = (words: Iterable<string>) => [...words].sort((a, b) => b.length - a.length).join("|");

const NAME = `(?<month>${longestFirst(MONTH_NAMES.flat())})(?!\\p{L})\\.?`;
const DAY_OF_MONTH = "(?<day>\\d{1,2})(?!\\d)";
const YEAR = "(?<year>\\d{4})(?!\\d)";
const OF = "(?:\\s+(?:of|de|del))?";

/** The parts of a date, as written in the text. */
export interface Parsed {
  year?: string;
  month?: string;
  day?: string;
  /** The month of an ambiguous date such as 3/4/2021 if the day comes first. */
  otherMonth?: string;
}

/** Joins alternatives, which share group names. A date begins with a digit or with the name of its month. */
const anyOf = (alternatives: string[]) =>
  new RegExp(`(?:(?<!\\p{N})(?=\\p{N})|(?<!\\p{L})(?=\\p{L}))(?:${alternatives.join("|")})`, "giu");

export const DATES = anyOf([
  "(?<year>\\d{4})[-/.](?<month>\\d{1,2})[-/.](?<day>\\d{1,2})(?!\\d)",
  "(?<day>\\d{1,2})\\.\\s?(?<month>\\d{1,2})\\.\\s?(?<year>\\d{4})(?!\\d)",
  // Without a word such as "am" before it, this may be a version, or the end of a sentence.
  "(?<=(?:am|vom|zum|seit|ab|bis|den|dem)\\s)(?<day>\\d{1,2})\\.\\s?(?<month>\\d{1,2})\\.(?<year>\\d\\d)?(?!\\d)",
  "(?<month>\\d{1,2})/(?<day>(?<otherMonth>\\d{1,2}))/(?<year>\\d{4}|\\d\\d)(?!\\d)",
  `${DAY_OF_MONTH}(?:st|nd|rd|th|er|º|\\.)?${OF}\\s+${NAME}(?:,?${OF}\\s+${YEAR})?`,
  `${NAME}\\s+${DAY_OF_MONTH}(?:st|nd|rd|th)?(?:,?\\s+${YEAR})?`,
  `${NAME},?${OF}\\s+${YEAR}`,
  "(?:(?<year>\\d{4})\\s?[年년]\\s?)?(?<month>\\d{1,2})\\s?[月월]\\s?(?<day>\\d{1,2})\\s?[日号號일]",
  "(?<year>\\d{4})\\s?[年년]\\s?(?<month>\\d{1,2})\\s?[月월]",
]);

const COUNT = `(?<count>\\d{1,2}|${longestFirst(NUMBER_WORDS.flat())})`;
const UNITS = {
  day: "days?|tag(?:en?)?|d[ií]as?|jours?|giorn[oi]",
  week: "weeks?|wochen?|semanas?|semaines?|settiman[ae]",
  month: "months?|monat(?:en?)?|mes(?:es|[ei])?|mois",
  year: "years?|jahr(?:en?)?|a[nñ]os?|ans?|années?|ann[oi]",
};
/** A unit of time in any language. The name of the matching group is the unit. */
const UNIT = `(?:${Object.entries(UNITS)
  .map(([unit, words]) => `(?<${unit}>${words})`)
  .join("|")})(?!\\p{L})`;
const CJK_UNIT =
  "(?:(?<week>[周週][間间]?|[个個]?星期|주)|(?<month>[个個かヶカ]月|개월|달)|(?<year>[年년])|(?<day>[天日일]))";

/** Words for today, for yesterday and for the day before. */
const NEAR_DAYS = [
  "today|this morning|tonight|heute|hoy|aujourd'hui|aujourd’hui|oggi|hoje",
  "yesterday|last night|gestern|ayer|hier|ieri|ontem",
  "the day before yesterday|vorgestern|anteayer|avant-hier|avanthier|l'altro ieri|anteontem",
].map((words) => words.split("|"));
const NEAR_DAYS_UNSPACED = [
  "今天|今日|今晚|きょう|오늘",
  "昨天|昨日|昨晚|きのう|어제",
  "前天|一昨日|おととい|그저께|그제",
].map((words) => words.split("|"));

const valuesOf = (lists: string[][], first: number) =>
  lists.flatMap((words, at) => words.map((word) => [word, at + first] as const));
/** The values of number words, and how many days ago a single day is. */
const VALUES = new Map([...valuesOf(NUMBER_WORDS, 1), ...valuesOf(NEAR_DAYS, 0), ...valuesOf(NEAR_DAYS_UNSPACED, 0)]);
const LAST = "(?:last|(?:letzt|vorig|vergangen)e[nrsm]?)";
const PAST = "(?:pass?ad[oa]|derni[eè]re?|scors[oa])";

export const PHRASES = new RegExp(
  [
    `(?<!\\p{L})(?<count>${longestFirst(NEAR_DAYS.flat())})(?!\\p{L})`,
    `(?<count>${longestFirst(NEAR_DAYS_UNSPACED.flat())})`,
    `(?<!\\p{L})(?:a )?${COUNT}(?: of)?\\s+${UNIT}\\s+(?:ago|fa|atrás)(?!\\p{L})`,
    `(?<!\\p{L})(?:vor|hace|il y a|há)\\s+${COUNT}\\s+${UNIT}`,
    `${COUNT}\\s?${CJK_UNIT}\\s?[前전]`,
    `(?<!\\p{L})(?<last>${LAST})\\s+(?:${UNIT}|(?<weekday>${WEEKDAYS.join("|")})(?!\\p{L})|${NAME})`,
    `(?<!\\p{L})${UNIT}\\s+(?<last>${PAST})(?!\\p{L})`,
    "(?<last>[上先]|지난)\\s?(?:(?<week>[个個]?星期|[周週주])|(?<month>[个個]?月|달))",
    "(?<last>[去昨작])(?<year>[年년])",
    // "this an" and "this tag" are English too.
    `(?<!\\p{L})(?<now>this)\\s+(?![at])${UNIT}`,
  ].join("|"),
  "giu",
);

/** The meaning of a phrase, counted from today. */
export interface Phrase {
  count: number;
  unit: keyof typeof UNITS;
  /** Whether the count is vague, as in "a few". */
  few: boolean;
  month: number | undefined;
  /** -1 for no weekday. */
  weekday: number;
}

/** Returns the meaning of a phrase from the groups of its match. */
export function phraseOf(groups: Record<string, string | undefined>): Phrase | undefined {
  const { count = "", last, now, weekday, month } = groups;
  const value = now !== undefined ? 0 : last !== undefined ? 1 : (VALUES.get(count.toLowerCase()) ?? Number(count));
  // A pattern that ignores case also matches letters such as ſ for s, which `toLowerCase` keeps.
  if (Number.isNaN(value)) return undefined;
  const unit = (["week", "month", "year"] as const).find((one) => groups[one] !== undefined) ?? "day";
  return { count: -value, unit, few: VAGUE.test(count), month: monthOf(month), weekday: weekdayOf(weekday) };
}
