/** Formats dates for prompts, in the time zone of the user. */
import type { Message } from "./types";

/** Tokens of a date before a message: `[Thu 2026-11-26] `. */
export const DATE_TOKENS = 13;

/** Times in the same quarter of an hour have the same day: since 1972, every time zone is off by whole quarters. */
const QUARTER = 900_000;
/** The most days to keep for a time zone. */
const MOST_DAYS = 1_000;

/** A time zone: its formatter, and the days of some quarters of an hour, because formatting takes long. */
interface Zone {
  format: Intl.DateTimeFormat;
  days: Map<number, string>;
}

const zones = new Map<string, Zone>();

/** Returns a time zone. Few are in use at once; making a formatter takes far longer than using it. */
function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  if (zones.size > 100) zones.clear();
  const zone = { format, days: new Map() };
  zones.set(timeZone, zone);
  return zone;
}

/** Returns whether the runtime supports a time zone, such as `Europe/Lisbon`. */
export function isTimeZone(timeZone: string): boolean {
  try {
    zoneOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** Returns a day with its weekday, such as `Thu 2026-11-26`. @param time milliseconds since 1970 */
export function dayIn(time: number, timeZone: string): string {
  const { format, days } = zoneOf(timeZone);
  const quarter = Math.floor(time / QUARTER);
  const known = days.get(quarter);
  if (known !== undefined) return known;
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  const day = `${parts.weekday?.replace(".", "")} ${parts.year}-${parts.month}-${parts.day}`;
  if (days.size >= MOST_DAYS) days.clear();
  days.set(quarter, day);
  return day;
}

/** Returns a day without its weekday, such as `2026-11-26`. */
export const dateIn = (time: number, timeZone: string): string => dayIn(time, timeZone).slice(-10);

/** Returns the current day in UTC. */
export const todayInUtc = (): string => dateIn(Date.now(), "UTC");

/** Returns a system prompt that states the current day. @param now milliseconds since 1970 */
export const withToday = (systemPrompt: string, now: number, timeZone: string): string =>
  `${systemPrompt}\n\nToday is ${dayIn(now, timeZone)} (${timeZone}).`;

/** Adds the date to the first user message of each day. Assistants would imitate dates in their own messages. */
export function withDates<T extends Message>(messages: readonly T[], timeZone: string): T[] {
  let last: string | undefined;
  return messages.map((message) => {
    if (message.role !== "user") return message;
    const date = dayIn(message.createdAt, timeZone);
    if (date === last) return message;
    last = date;
    return { ...message, date };
  });
}
