/** Formats dates for prompts, in the time zone of the user. */
import type { Message } from "./types";

/** Tokens of a date before a message: `[Thu 2026-11-26] `. */
export const DATE_TOKENS = 13;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns the formatter of a time zone. Few zones are in use at once; making one takes far longer than using it. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  if (formats.size > 100) formats.clear();
  formats.set(timeZone, format);
  return format;
}

/** Returns whether the runtime supports a time zone, such as `Europe/Lisbon`. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** Returns a day with its weekday, such as `Thu 2026-11-26`. @param time milliseconds since 1970 */
export function dayIn(time: number, timeZone: string): string {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.weekday?.replace(".", "")} ${parts.year}-${parts.month}-${parts.day}`;
}

/** Returns a day without its weekday, such as `2026-11-26`. */
export const dateIn = (time: number, timeZone: string): string => dayIn(time, timeZone).slice(-10);

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
