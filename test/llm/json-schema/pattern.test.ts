import fc, { type Arbitrary } from "fast-check";
import { describe, expect, it } from "vitest";
import { Pattern } from "../../../src/llm/json-schema/pattern";
import { NO, UNSURE, YES } from "../../../src/llm/json-schema/verdict";
import { Work } from "../../../src/llm/json-schema/work";

/** Tests a text with a pattern; undefined if the pattern is invalid. */
const tested = (source: string, text: string) => Pattern.read(source, new Work())?.test(text, new Work());

/** Tests a text with RegExp, with the `u` flag if the pattern is valid with it. */
function expected(source: string, text: string): number | undefined {
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(source, flags).test(text) ? YES : NO;
    } catch {
      // The pattern may be valid with the other flags.
    }
  }
  return undefined;
}

const characters = fc.constantFrom(..."ab-.1A_ {}],é\n\0\u0001\u2028", "😀", "\ud83d", "\ude00", "ſ");
const texts = fc.array(characters, { maxLength: 7 }).map((parts) => parts.join(""));

const atoms = fc.constantFrom(
  ...["a", "b", "-", "1", "é", "😀", ".", "^", "$", "\\b", "\\B", "{", "}", "]", ",", "\\-", "\\.", "\\/", "\\a"],
  ...["\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\n", "\\0", "\\x41", "\\x4", "\\u0041", "\\u00", "\\u{1F600}"],
  ...["\\ud83d\\ude00", "\\ud83d", "\\cA", "\\c", "\\c1", "\\012", "\\p{L}", "\\P{Lu}", "\\p{Script=Latin}"],
  ...["[ab]", "[^a]", "[a-c]", "[]", "[^]", "[\\w-.]", "[\\d-a]", "[a-]", "[-a]", "[\\b]", "[\\]]", "[😀]", "[^😀]"],
  ...["[\\p{L}1]", "[^\\P{L}]", "[\\s\\S]", "[\\c1]", "[\\c]", "[\\ca]", "[\\101]", "[\\8]", "[\\0-\\x20]", "[^\\W_]"],
);
const quantifiers = fc.constantFrom("*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{2,}", "{0}", "{,2}");
const { pattern: patterns } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    atoms,
    fc.tuple(tie("pattern"), tie("pattern")).map((parts) => parts.join("")),
    fc.tuple(tie("pattern"), tie("pattern")).map((parts) => parts.join("|")),
    fc
      .tuple(fc.constantFrom("(", "(?:"), tie("pattern"), quantifiers)
      .map(([open, part, many]) => `${open}${part})${many}`),
    fc.tuple(atoms, quantifiers).map((parts) => parts.join("")),
  ),
}));

const holds = (sources: Arbitrary<string>, agrees: (source: string, text: string) => boolean) =>
  fc.assert(fc.property(sources, texts, agrees), { numRuns: 4_000, seed: 23 });

describe("a pattern of a client", () => {
  it("matches what RegExp matches, and is invalid where that says so", () => {
    holds(patterns, (source, text) => tested(source, text) === expected(source, text));
  });

  it("with lookaround or backreferences matches all that RegExp matches, and is unsure of that", () => {
    const parts = fc.oneof(atoms, fc.constantFrom("(?=a)", "(?!a)", "(?<=b)", "(?<!b)", "(a)\\1", "(?<x>b)\\k<x>"));
    const sources = fc.array(parts, { minLength: 1, maxLength: 5 }).map((list) => list.join(""));
    holds(sources, (source, text) => {
      const [verdict, certain] = [tested(source, text), expected(source, text)];
      return verdict === certain || (verdict === UNSURE && certain !== undefined);
    });
  });

  it.each([
    ["^\\d{4}\\-\\d{2}$", "2026-11", "2026-1"],
    ["^[\\w-.]+$", "a-b.c", "a b"],
    ["^\\p{L}+$", "Ωmega", "a1"],
    ["^\\u{1F600}$", "😀", "x"],
    ["^.$", "😀", "ab"],
    ["^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", "ana@example.org", "ana"],
    ["^(?:[01]\\d|2[0-3]):[0-5]\\d$", "23:59", "24:00"],
    ["^.{1,5000}$", "x".repeat(5_000), "x".repeat(5_001)],
    ["^(a+)+$", "a".repeat(1_000), `${"a".repeat(1_000)}!`],
    ["(x*)*y", "xxy", "x".repeat(1_000)],
    ["(?:(?:)|a)*b", "ab", "aa"],
  ])("%s matches what it means", (source, good, bad) => {
    expect(tested(source, good)).toBe(YES);
    expect(tested(source, bad)).toBe(NO);
  });

  it.each(["(", "[", "a{2,1}", "*", "(?<a", "(?i)a", "\\", "[b-a]"])("%s is invalid", (source) => {
    expect(tested(source, "a")).toBeUndefined();
  });

  it.each([
    ["too many steps", "((a{0,100}){0,100}){0,100}"],
    ["a count that no text reaches", "(?:ab){99999999999}"],
    ["groups that are too deep", `${"(".repeat(1_000)}a${")".repeat(1_000)}`],
    ["flags of a group", "(?s:a)"],
  ])("with %s is not checked", (_what, source) => {
    expect(tested(source, "zzz")).toBe(UNSURE);
  });

  it("costs nothing for copies of nothing", () => {
    expect(tested("^(?:(?:){1000}){1000000}(?:a{0}){1000000}$", "")).toBe(YES);
  });
});
