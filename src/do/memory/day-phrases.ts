/**
 * Patterns of dates and days in questions: English, German, Spanish, French, Italian, Portuguese, Chinese, Japanese,
 * Korean.
 */

/** The names of each month in lower case, the English ones first. */
export const MONTH_NAMES = [
  "january jan januar enero janvier gennaio janeiro",
  "february feb februar febrero février febbraio fevereiro",
  "march mar märz marzo mars março",
  "april apr abril avril aprile",
  "may mai mayo maggio maio",
  "june jun juni junio juin giugno junho",
  "july jul juli julio juillet luglio julho",
  "august aug agosto août",
  "september sept sep septiembre septembre settembre setembro",
  "october oct okt oktober octubre octobre ottobre outubro",
  "november nov noviembre novembre novembro",
  "december dec dez dezember diciembre décembre dicembre dezembro",
].map((names) => names.split(" "));
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** The values of number words; "a few" means three. */
const NUMBERS = new Map(
  [
    "one a an ein eine einem einer un una uno une um uma 一 한",
    "two couple zwei dos deux due dois duas 二 两 兩 두",
    "three few drei einigen tres trois tre três unos quelques alguns 三 几 数 세",
    "four vier cuatro quatre quattro quatro 四 네",
    "five fünf cinco cinq cinque 五 다섯",
    "six sechs seis sei 六",
    "seven sieben siete sept sette sete 七",
    "eight acht ocho huit otto oito 八",
    "nine neun nueve neuf nove 九",
    "ten zehn diez dix dieci dez 十",
    "eleven elf once onze undici 十一",
    "twelve zwölf doce douze dodici doze 十二",
  ].flatMap((words, at) => words.split(" ").map((word) => [word, at + 1] as const)),
);
const VAGUE = /couple|few|einigen|unos|quelques|alguns|几|数/;

/** Returns the place of a month in the year, from 0, by its name or number. */
export function monthOf(month: string | undefined): number | undefined {
  if (month === undefined) return undefined;
  const number = Number(month);
  if (Number.isInteger(number)) return number >= 1 && number <= 12 ? number - 1 : undefined;
  const place = MONTH_NAMES.findIndex((names) => names.includes(month.toLowerCase()));
  return place === -1 ? undefined : place;
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
  "(?<month>\\d{1,2})/(?<day>(?<otherMonth>\\d{1,2}))/(?<year>\\d{4})(?!\\d)",
  `${DAY_OF_MONTH}(?:st|nd|rd|th|er|º|\\.)?${OF}\\s+${NAME}(?:,?${OF}\\s+${YEAR})?`,
  `${NAME}\\s+${DAY_OF_MONTH}(?:st|nd|rd|th)?(?:,?\\s+${YEAR})?`,
  `${NAME},?${OF}\\s+${YEAR}`,
  "(?:(?<year>\\d{4})\\s?[年년]\\s?)?(?<month>\\d{1,2})\\s?[月월]\\s?(?<day>\\d{1,2})\\s?[日号號일]",
  "(?<year>\\d{4})\\s?[年년]\\s?(?<month>\\d{1,2})\\s?[月월]",
]);

const COUNT = `(?<count>\\d{1,2}|${longestFirst(NUMBERS.keys())})`;
const UNITS = {
  day: "days?|tag(?:e|en)?|d[ií]as?|jours?|giorn[oi]",
  week: "weeks?|wochen?|semanas?|semaines?|settiman[ae]",
  month: "months?|monat(?:e|en)?|mes(?:es)?|mois|mes[ei]",
  year: "years?|jahr(?:e|en)?|años?|ans?|années?|ann[oi]|anos?",
};
/** A unit of time in any language. The name of the matching group is the unit. */
const UNIT = `(?:${Object.entries(UNITS)
  .map(([unit, words]) => `(?<${unit}>${words})`)
  .join("|")})(?!\\p{L})`;
const CJK_UNIT =
  "(?:(?<week>周|週|个星期|星期|週間|週间|주)|(?<month>个月|個月|か月|ヶ月|カ月|개월|달)|(?<year>年|년)|(?<day>天|日|일))";

/** Words for single days, with their distance from today in days. */
const NEAR_DAYS: [words: string, count: number][] = [
  ["the day before yesterday|vorgestern|anteayer|avant-hier|avanthier|l'altro ieri|anteontem", -2],
  ["yesterday|last night|gestern|ayer|hier|ieri|ontem", -1],
  ["today|this morning|tonight|heute|hoy|aujourd['’]hui|oggi|hoje", 0],
];
const NEAR_DAYS_UNSPACED: [words: string, count: number][] = [
  ["前天|一昨日|おととい|그저께|그제", -2],
  ["昨天|昨日|昨晚|きのう|어제", -1],
  ["今天|今日|今晚|きょう|오늘", 0],
];
const LAST = "(?:last|letzte[nrsm]?|vorige[nrsm]?|vergangene[nrsm]?)";
const PAST = "(?:pasad[oa]|derni[eè]re?|scors[oa]|passad[oa])";

/** The meaning of a phrase, counted from today. */
export interface Phrase {
  count: number;
  unit: keyof typeof UNITS;
  /** Whether the count is vague, as in "a few". */
  few: boolean;
  month?: number | undefined;
  weekday?: number | undefined;
}

const NAMED = [...NEAR_DAYS, ...NEAR_DAYS_UNSPACED].map(([words, count]) => ({
  words: new RegExp(`^(?:${words})$`, "iu"),
  count,
}));

export const PHRASES = new RegExp(
  [
    `(?<!\\p{L})(?<named>${NEAR_DAYS.map(([words]) => words).join("|")})(?!\\p{L})`,
    `(?<named>${NEAR_DAYS_UNSPACED.map(([words]) => words).join("|")})`,
    `(?<!\\p{L})(?:a )?${COUNT}(?: of)?\\s+${UNIT}\\s+(?:ago|fa|atrás)(?!\\p{L})`,
    `(?<!\\p{L})(?:vor|hace|il y a|há)\\s+${COUNT}\\s+${UNIT}`,
    `${COUNT}\\s?${CJK_UNIT}\\s?[前전]`,
    `(?<!\\p{L})(?<last>${LAST})\\s+${UNIT}`,
    `(?<!\\p{L})${UNIT}\\s+(?<last>${PAST})(?!\\p{L})`,
    `(?<!\\p{L})last\\s+(?<weekday>${WEEKDAYS.join("|")})(?!\\p{L})`,
    `(?<!\\p{L})${LAST}\\s+${NAME}`,
    "(?<last>上|先|지난)\\s?(?:(?<week>个?星期|個?星期|周|週|주)|(?<month>个?月|個?月|달))",
    "(?<last>去|昨|작)(?<year>年|년)",
    `(?<!\\p{L})this\\s+(?<now>week|month|year)(?!\\p{L})`,
  ].join("|"),
  "giu",
);

type Groups = Record<string, string | undefined>;

/** Returns the meaning of a phrase from the groups of its match. */
export function phraseOf(groups: Groups): Phrase | undefined {
  const { named, count, last, weekday, month: name, now } = groups;
  if (named !== undefined) {
    const found = NAMED.find(({ words }) => words.test(named));
    return found && { count: found.count, unit: "day", few: false };
  }
  if (weekday !== undefined) {
    return { count: -1, unit: "day", few: false, weekday: WEEKDAYS.indexOf(weekday.toLowerCase()) };
  }
  const unit = (["day", "week", "year"] as const).find((one) => groups[one] !== undefined);
  if (now !== undefined)
    return { count: 0, unit: now === "month" ? "month" : now === "year" ? "year" : "week", few: false };
  if (unit === undefined && name !== undefined && monthOf(name) !== undefined && count === undefined) {
    return { count: -1, unit: "month", few: false, month: monthOf(name) };
  }
  const by = unit ?? (name === undefined ? undefined : "month");
  if (by === undefined) return undefined;
  if (last !== undefined) return { count: -1, unit: by, few: false };
  const number = count === undefined ? undefined : (NUMBERS.get(count.toLowerCase()) ?? Number(count));
  return number === undefined || Number.isNaN(number)
    ? undefined
    : { count: -number, unit: by, few: VAGUE.test(count ?? "") };
}
