import { expect, it } from "vitest";
import text from "../docs/settings.md?raw";
import { settingsSchema } from "../src/settings";

it("docs/settings.md has a line for each setting, with its default", () => {
  const rows = [...text.matchAll(/^\| `([A-Z_]+)` +\| (.*?) *\|/gm)];
  const documented = Object.fromEntries(rows.map(([, name, value = ""]) => [name, value.replaceAll("`", "").trim()]));
  const defaults = Object.entries(settingsSchema.parse({})).map(([name, value]) => [name, String(value)]);
  // The documents shorten the default prompt, because the full text is too long for the table.
  const SYSTEM_PROMPT = "a helpful assistant that remembers";
  expect(documented).toEqual({ ...Object.fromEntries(defaults), SYSTEM_PROMPT });
});

it("a setting may be a number, and no other value is read as one", () => {
  expect(settingsSchema.parse({ SESSION_TTL_DAYS: 30 }).SESSION_TTL_DAYS).toBe(30);
  for (const value of [true, false, null]) {
    expect(settingsSchema.safeParse({ SESSION_TTL_DAYS: value }).success, String(value)).toBe(false);
  }
});
