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
