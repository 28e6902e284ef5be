/** The days that a message speaks of, as the words of their dates: the day it was said, and days like "last Friday". */

const DAY = 86_400_000;
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];
const NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve".split("|");

/** More than these of one message are left out. */
const MOST = 8;

type Unit = "day" | "week" | "month" | "year";

const PHRASES =
  /\b(?<near>the day before yesterday|the day after tomorrow|yesterday|last night|tomorrow)\b|\b(?<way>last|next)\s+(?:(?<weekday>sunday|monday|tuesday|wednesday|thursday|friday|saturday)|(?<unit>week|month|year))\b|\b(?:(?<count>\d{1,2}|an?|a couple of|a few|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?<units>day|week|month|year)s?\s+ago)\b|\bin\s+(?<ahead>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?<later>day|week|month|year)s\b/gi;

const NEAR: Record<string, number> = {
  "the day before yesterday": -2,
  yesterday: -1,
  "last night": -1,
  tomorrow: 1,
  "the day after tomorrow": 2,
};

function countOf(text: string): number {
  if (text.startsWith("a")) return text === "a few" ? 3 : text === "a couple of" ? 2 : 1;
  const index = NUMBERS.indexOf(text);
  return index === -1 ? Number(text) : index + 1;
}

const isUnit = (text: string): text is Unit => ["day", "week", "month", "year"].includes(text);

/** A date so many units away; a month or a year is not told to the day. */
function away(said: number, count: number, unit: string): string {
  const date = new Date(said);
  if (!isUnit(unit)) return "";
  switch (unit) {
    case "day":
      return dateWords(said + count * DAY);
    case "week":
      return dateWords(said + count * 7 * DAY);
    case "month":
      date.setUTCDate(1);
      date.setUTCMonth(date.getUTCMonth() + count);
      return `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
    case "year":
      return String(date.getUTCFullYear() + count);
  }
}

/** The words of a day: `Saturday August 14 2021`. */
function dateWords(time: number): string {
  const date = new Date(time);
  return `${WEEKDAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()} ${date.getUTCFullYear()}`;
}

/** The weekday that is last before, or next after, the day of saying. */
function weekday(said: number, name: string, way: string): string {
  const day = WEEKDAYS.findIndex((other) => other.toLowerCase() === name);
  const today = new Date(said).getUTCDay();
  const days = way === "last" ? -((today - day + 7) % 7 || 7) : (day - today + 7) % 7 || 7;
  return dateWords(said + days * DAY);
}

function meant(groups: Record<string, string | undefined>, said: number): string {
  const { near, way, weekday: name, unit, count, units, ahead, later } = groups;
  if (near !== undefined) return dateWords(said + (NEAR[near] ?? 0) * DAY);
  if (way !== undefined && name !== undefined) return weekday(said, name, way);
  if (way !== undefined && unit !== undefined) return away(said, way === "last" ? -1 : 1, unit);
  if (count !== undefined && units !== undefined) return away(said, -countOf(count), units);
  if (ahead !== undefined && later !== undefined) return away(said, countOf(ahead), later);
  return "";
}

/**
 * The words of the day on which a message was said, and of the days that it means.
 * @param said milliseconds since 1970; days are those of UTC
 */
export function dayWords(content: string, said: number): string {
  const words = [dateWords(said)];
  for (const { groups } of content.toLowerCase().matchAll(PHRASES)) {
    if (words.length > MOST) break;
    if (groups) words.push(meant(groups, said));
  }
  return words.join(" ");
}
