/** Reads the times of files. Times without an offset are in a time zone. */
import { epochMs, parseIso } from "../turn/any-time";

/** The latest time that a date can have, in milliseconds since 1970. */
const LATEST_MS = 8_640_000_000_000_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(timeZone, format);
  return format;
}

/** Returns the milliseconds that a clock in a time zone is ahead of UTC. */
function offsetAt(ms: number, timeZone: string): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const shown = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return shown - Math.floor(ms / 1_000) * 1_000;
}

/**
 * Returns the time at which a clock in a time zone shows a time.
 * @param shown milliseconds since 1970, as if the clock were in UTC
 */
export function inTimeZone(shown: number, timeZone: string): number {
  const guess = shown - offsetAt(shown, timeZone);
  // The offset may change between the guess and the time.
  return shown - offsetAt(guess, timeZone);
}

/** Returns the time of a field: ISO 8601, a number of seconds or milliseconds since 1970, or such a number as text. */
export function timeOf(value: unknown, timeZone: string): number | undefined {
  const number = typeof value === "string" && /^-?\d{1,16}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value;
  if (typeof number === "number") {
    const ms = epochMs(number);
    return Math.abs(ms) <= LATEST_MS ? ms : undefined;
  }
  if (typeof value !== "string") return undefined;
  const parsed = parseIso(value);
  return parsed && (parsed.local ? inTimeZone(parsed.ms, timeZone) : parsed.ms);
}
