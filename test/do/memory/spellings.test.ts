import { describe, expect, it } from "vitest";
import { hidden, search, sessionWith } from "../../support/memory";

const FILLER = "Chapter by chapter the weather stayed grey and nobody minded. ";

/** Words that people spell in both ways. */
const SPELLINGS = [
  ["Russian", "ёж", "еж"],
  ["Greek", "Ελλάδα", "Ελλαδα"],
  ["French", "œufs", "oeufs"],
  ["Icelandic", "Ægir", "Aegir"],
  ["Danish", "Søborg", "Soborg"],
  ["Polish", "Łódź", "Lodz"],
  ["German", "Großfuß", "grossfuss"],
  ["German", "Köln", "Koeln"],
  ["German", "Schwägerin", "schwaegerin"],
  ["Turkish", "Iğdır", "igdir"],
  ["Arabic digits", "٠١٢٣", "0123"],
  ["Persian digits", "۰۱۲۳", "0123"],
].flatMap(([language = "", one = "", other = ""]) => [
  { language, written: one, asked: other },
  { language, written: other, asked: one },
]);

describe("a word", () => {
  it.each(SPELLINGS)("is found however it is spelled: $language, $written by $asked", async ({ written, asked }) => {
    const short = await sessionWith(hidden({ content: `It is ${written}.` }));
    expect((await search(short, asked)).map(({ content }) => content)).toContain(`It is ${written}.`);
    const long = await sessionWith(hidden({ content: `${FILLER.repeat(40)}It is ${written}. ${FILLER.repeat(40)}` }));
    const [found] = await search(long, asked);
    expect(found?.content.slice(found.from, found.to)).toContain(`It is ${written}.`);
  });
});
