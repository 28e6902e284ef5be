/** Reads times as programs write them into files: ISO 8601 with any offset or none, seconds or milliseconds since 1970. */

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(?:(Z)|([+-])(\d\d):?(\d\d)?)?$/i;

/** Smaller numbers are seconds, up to the year 5138. Larger ones are milliseconds, from March 1973. */
const FIRST_MILLISECONDS = 100_000_000_000;

const MINUTE_MS = 60_000;

export interface ParsedTime {
  /** Milliseconds since 1970; of a time without an offset, as if it were in UTC. */
  ms: number;
  /** Whether the time has no offset. */
  local: boolean;
}

/** Parses a date, or a date and a time, in ISO 8601. @returns undefined for any other text, and for a day that does not exist */
export function parseIso(text: string): ParsedTime | undefined {
  const [whole, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", utc, sign, hours, minutes] =
    ISO.exec(text.length > 40 ? "" : text) ?? [];
  if (whole === undefined) return undefined;
  const two = (digits: string) => digits.padStart(2, "0");
  const written = `${year}-${month}-${day}T${two(hour)}:${two(minute)}:${two(second)}`;
  const ms = Date.parse(`${written}Z`);
  // The parser moves some days that do not exist into the next month.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(written)) return undefined;
  if (Number(hours ?? 0) > 23 || Number(minutes ?? 0) > 59) return undefined;
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === "-" ? -1 : 1) * MINUTE_MS;
  return {
    ms: ms + Number(fraction.slice(0, 3).padEnd(3, "0")) - offset,
    local: utc === undefined && sign === undefined,
  };
}

/** Returns the milliseconds of a number of seconds or milliseconds since 1970. */
export const epochMs = (time: number): number => Math.round(Math.abs(time) < FIRST_MILLISECONDS ? time * 1_000 : time);
