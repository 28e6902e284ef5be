import { expect, it } from "vitest";
import { inCalendar } from "../../src/converters/calendar-day";

const DAY_MS = 86_400_000;

it.each([
  ["persian", 1388, 1429],
  ["islamic-umalqura", 1430, 1480],
])("reads each day of the calendar %s from the first year of WhatsApp", (calendar, first, last) => {
  const format = new Intl.DateTimeFormat(`en-u-ca-${calendar}`, { timeZone: "UTC" });
  const wrong: string[] = [];
  for (let ms = Date.UTC(2009, 0); ms < Date.UTC(2050, 0); ms += DAY_MS) {
    const [month = 0, day = 0, year = 0] = format.format(ms).split(/\D/).map(Number);
    if (year >= first && year <= last && inCalendar(year, month, day) !== ms) wrong.push(`${year}/${month}/${day}`);
  }
  expect(wrong).toEqual([]);
});
