/** The days of a message, as words of dates: the day of the message, and days that it mentions, like "last Friday". */

import { textParts } from "./text-parts";

const DAY = 86_400_000;
export const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/** The names of the months in the index. */
export const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];
export const NUMBERS = [
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];

/** Returns the place of a weekday in the week, from 0 on Sunday, by its name; -1 for another word. */
export const weekdayOf = (name = ""): number =>
  WEEKDAYS.findIndex((weekday) => weekday.toLowerCase() === name.toLowerCase());

/** The limit of mentioned days that are indexed for one message. */
const MOST = 8;

const NEAR: Record<string, number> = {
  "the day before yesterday": -2,
  yesterday: -1,
  "last night": -1,
  tomorrow: 1,
  "the day after tomorrow": 2,
};

const COUNT = `\\d{1,2}|${NUMBERS.join("|")}`;
const UNIT = "day|week|month|year";

/** The usual phrases for days, in lower case. */
const PHRASES = new RegExp(
  [
    `\\b(?<near>${Object.keys(NEAR).join("|")})\\b`,
    `\\b(?<way>last|next)\\s+(?:(?<weekday>${WEEKDAYS.join("|").toLowerCase()})|(?<unit>week|month|year))\\b`,
    `\\b(?<ago>${COUNT}|an?|a couple of|a few)\\s+(?<unit>${UNIT})s?\\s+ago\\b`,
    `\\bin\\s+(?<ahead>${COUNT})\\s+(?<unit>${UNIT})s\\b`,
  ].join("|"),
  "g",
);

function countOf(text: string): number {
  if (text.startsWith("a")) return text === "a few" ? 3 : text === "a couple of" ? 2 : 1;
  const index = NUMBERS.indexOf(text);
  return index === -1 ? Number(text) : index + 1;
}

/** Returns the date `count` units away, in words. For months and years the day is left out. */
function away(said: number, count: number, unit: string): string {
  if (unit === "day") return dateWords(said + count * DAY);
  if (unit === "week") return dateWords(said + count * 7 * DAY);
  const date = new Date(said);
  const year = date.getUTCFullYear();
  if (unit === "year") return `${year + count}`;
  return monthText(year, date.getUTCMonth() + count);
}

/** Returns the words of a month in the index: `August 2021`. @param month from 0; a month before or after the year is one of another year */
export function monthText(year: number, month: number): string {
  const date = new Date(Date.UTC(year, month));
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** Returns the words of a day in the index: `August 14 2021`. */
export function dayText(time: number): string {
  const date = new Date(time);
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()} ${date.getUTCFullYear()}`;
}

/** Returns the words of a day: `Saturday August 14 2021`. */
const dateWords = (time: number) => `${WEEKDAYS[new Date(time).getUTCDay()]} ${dayText(time)}`;

/** Returns the words of the last such weekday before the day of the message, or of the next one after it. */
function weekday(said: number, name: string, way: string | undefined): string {
  const day = weekdayOf(name);
  const today = new Date(said).getUTCDay();
  const days = way === "last" ? -((today - day + 7) % 7 || 7) : (day - today + 7) % 7 || 7;
  return dateWords(said + days * DAY);
}

function meant(groups: Record<string, string | undefined>, said: number): string {
  const { near, way, weekday: name, unit = "day", ago, ahead = "" } = groups;
  if (near !== undefined) return away(said, NEAR[near] ?? 0, unit);
  if (name !== undefined) return weekday(said, name, way);
  if (way !== undefined) return away(said, way === "last" ? -1 : 1, unit);
  return away(said, ago === undefined ? countOf(ahead) : -countOf(ago), unit);
}

/**
 * Returns the words of the day of a message, and of the days that it mentions.
 * @param said the time of the message, in milliseconds since 1970; days are those of UTC
 */
export function dayWords(content: string, said: number): string {
  const words = [dateWords(said)];
  for (const part of textParts(content)) {
    for (const { groups } of part.toLowerCase().matchAll(PHRASES)) {
      if (words.length > MOST) return words.join(" ");
      if (groups) words.push(meant(groups, said));
    }
  }
  return words.join(" ");
}
