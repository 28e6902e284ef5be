/**
 * Finds the days that a question mentions, and returns them as expressions of the full-text index, which contains the
 * day of each message in English words. Understands dates and everyday phrases of the languages of `day-phrases.ts`.
 */

import { dateIn, dayIn, isTimeZone } from "../../turn/dates";
import { DATES, MONTH_NAMES, monthOf, type Parsed, PHRASES, type Phrase, phraseOf } from "./day-phrases";
import { dayText, MONTHS, monthText } from "./days";
import { phraseWords, type Term } from "./terms";

const DAY = 86_400_000;
/** The most days of one question; more are ignored. */
const MOST = 4;
/** Days to add before and after "a few days ago" and "weeks ago": people do not count exactly. */
const ABOUT = { day: 1, week: 3 };

/** "Hier" is French for yesterday, and German for here. */
const GERMAN = /\b(?:ich|du|wir|ist|war|was|wie|wo|wann|der|die|das|und|habe|hast)\b/i;

/** The time and the time zone of a question. */
export interface Asked {
  /** Milliseconds since 1970. */
  now: number;
  /** The IANA time zone of the days in the question; UTC by default. */
  timeZone?: string | undefined;
}

/** The days of a question, as words to look up, and the question without its days. */
export interface QuestionDays {
  terms: Term[];
  rest: string;
}

/** Returns the days that a question mentions, for the index, and the question without them. */
export function daysOf(question: string, asked: Asked): QuestionDays {
  const { now, timeZone: zone = "UTC" } = asked;
  const timeZone = isTimeZone(zone) ? zone : "UTC";
  const today = Date.parse(dateIn(now, timeZone)) / DAY;
  const matches = new Map<string, string[]>();
  const take = (found: string, match: string | undefined, date: string[] = []) => {
    if (match === undefined || matches.size >= MOST) return found;
    matches.set(match, date);
    return " ";
  };
  const dated = question.replace(DATES, (found: string, ...rest) => {
    const match = dateMatch(rest.at(-1), today, timeZone);
    const words = phraseWords(found);
    return take(found, match && `(${match} OR "${words}")`, words.match(/\p{N}+|\p{L}{3,}/gu) ?? []);
  });
  const rest = dated.replace(PHRASES, (found: string, ...more) => {
    if (found.toLowerCase() === "hier" && GERMAN.test(question)) return found;
    const phrase = phraseOf(more.at(-1));
    return take(found, phrase && phraseMatch(phrase, today, timeZone));
  });
  return { terms: Array.from(matches, ([match, date]) => ({ word: match, match, date })), rest };
}

/** Returns the expression for a date: a day, a day of any year, or a month. */
function dateMatch(written: Parsed, today: number, timeZone: string): string | undefined {
  const { month, otherMonth, day } = written;
  const year = written.year?.padStart(4, "20");
  const number = monthOf(month);
  if (number === undefined) return undefined;
  if (day === undefined) return year === undefined ? undefined : monthMatch(number, Number(year));
  if (Number(day) < 1 || Number(day) > 31) return undefined;
  const said = mentionMatch(number, Number(day), year, today);
  if (year === undefined) return said;
  const match = `${daysMatch(dayNumber(Number(year), number, Number(day)), timeZone)} OR ${said}`;
  // 3/4/2023 may be in March or in April.
  const other = monthOf(otherMonth);
  if (other === undefined || Number(month) === Number(otherMonth)) return match;
  return `${match} OR ${daysMatch(dayNumber(Number(year), other, Number(month)), timeZone)}`;
}

const padded = (number: number) => `${number}`.padStart(2, "0");

/** Returns the expression for a day as people write it: "March 5", "5th of Mar.", "el 5 de marzo", "2027-03-05". */
function mentionMatch(month: number, day: number, year: string | undefined, today: number): string {
  const end = (day > 10 && day < 14 ? undefined : ["th", "st", "nd", "rd"][day % 10]) ?? "th";
  const english = MONTHS[month] ?? "";
  // Each phrase reads the messages with its words, so no language gets the forms of another one.
  const [, ...names] = MONTH_NAMES[month] ?? [];
  const days = [english, ...names].flatMap((name) => {
    if (!english.toLowerCase().startsWith(name.toLowerCase())) return [`${day} ${name}`, `${day} de ${name}`];
    return [day, `${day}${end}`].flatMap((said) => [
      `${name} ${said}`,
      `${name} the ${said}`,
      `${said} ${name}`,
      `${said} of ${name}`,
    ]);
  });
  const now = new Date(today * DAY).getUTCFullYear();
  // Without a year, only numbers with one are a date: "03 05" may be a time.
  const years = year === undefined ? [now - 1, now, now + 1] : [year];
  const dates = years.map((one) => `${one} ${padded(month + 1)} ${padded(day)}`);
  const phrases = [...days.map((said) => (year === undefined ? said : `${said} ${year}`)), ...dates];
  return phrases.map((phrase) => `"${phrase}"`).join(" OR ");
}

const dayNumber = (year: number, month: number, day: number) => Math.floor(Date.UTC(year, month, day) / DAY);

/** Returns the expression for a phrase. @param today days since 1970, in the time zone of the question */
function phraseMatch({ count, unit, few, month, weekday }: Phrase, today: number, timeZone: string): string {
  const date = new Date(today * DAY);
  const year = date.getUTCFullYear();
  if (month !== undefined) return monthMatch(month, month < date.getUTCMonth() ? year : year - 1);
  if (weekday >= 0) return daysMatch(today - ((date.getUTCDay() - weekday + 7) % 7 || 7), timeZone);
  if (unit === "year") return `"${year + count}"`;
  if (unit === "month") return monthMatch(date.getUTCMonth() + count, year);
  const day = today + count * (unit === "week" ? 7 : 1);
  const about = unit === "week" ? ABOUT.week : few ? ABOUT.day : 0;
  return daysMatch(day - about, timeZone, 2 * about + 1);
}

/**
 * Returns the expression for days in the question's time zone. The index has UTC days: a local day that overlaps two
 * UTC days matches both.
 */
function daysMatch(first: number, timeZone: string, count = 1): string {
  const isOtherDay = (time: number) => dayIn(time, timeZone) !== dayIn(time, "UTC");
  // East of UTC, a day begins on the day before in UTC, and west of it, a day ends on the next one.
  const from = isOtherDay(first * DAY - 1) ? first - 1 : first;
  const to = first + count - (isOtherDay(first * DAY) ? 0 : 1);
  const days = Array.from({ length: to - from + 1 }, (_, at) => `"${dayText((from + at) * DAY)}"`);
  return `(${days.join(" OR ")})`;
}

/** Returns the expression for a month: the month's name and its year, with at most a day between them. */
const monthMatch = (month: number, year: number) => `NEAR("${monthText(year, month).replace(" ", '" "')}", 1)`;
