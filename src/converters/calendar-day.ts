/** Reads days of the Persian and Islamic calendars, as phones of some countries write them. */

const inUtc = (calendar: string) => new Intl.DateTimeFormat(`en-u-ca-${calendar}`, { timeZone: "UTC" });
const PERSIAN = inUtc("persian");
const ISLAMIC = inUtc("islamic-umalqura");

/** The first year that is of the Islamic calendar: WhatsApp is of its year 1430, or of the year 1388 in Iran. */
const FIRST_ISLAMIC = 1_430;

/** Days of this century need six. A day that does not exist would need more than any number. */
const STEPS = 9;

/** Returns the start of a day, in milliseconds since 1970 in UTC: steps by the distance to the day that a time shows. */
export function inCalendar(year: number, month: number, day: number): number {
  const calendar = year < FIRST_ISLAMIC ? PERSIAN : ISLAMIC;
  let ms = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const [m = 0, d = 0, y = 0] = calendar.format(ms).split(/\D/).map(Number);
    // With the longest months, no step ends before a day that it has not reached.
    ms += (((year - y) * 12 + month - m) * 31 + day - d) * 86_400_000;
  }
  return ms;
}
