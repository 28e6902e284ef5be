/** Makes short texts that match a pattern, for the stand-in. */
import { flagsOf } from "../json-schema/pattern";
import { type PatternNode, PatternParser, PatternUnread } from "../json-schema/pattern-parser";

/** Tried in this order, which makes readable texts. */
const CHARACTERS = [..."abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.@/:+#, éß漢", "\n"];
const MAX_REPEATS = 1_000;
/** Maximum characters of a text: nested repetitions would multiply. */
const MAX_CHARACTERS = 10_000;

/**
 * Returns a text that may match a pattern; undefined if the pattern contains unsupported parts.
 * @param variant the number of the text: other numbers give other texts
 * @param least the number of characters that the text should have, if its repetitions allow it
 */
export function textFor(pattern: string, variant: number, least: number): string | undefined {
  const flags = flagsOf(pattern);
  if (flags === undefined) return undefined;
  try {
    const node = new PatternParser(pattern, flags).parse();
    const short = textOf(node, variant, 0);
    return short.length >= least ? short : textOf(node, variant, least - short.length);
  } catch (error) {
    if (error instanceof PatternUnread) return undefined;
    throw error;
  }
}

/** @param more repetitions beyond the minimum */
function textOf(node: PatternNode, variant: number, more: number): string {
  switch (node.kind) {
    case "one":
      return characterOf(node.of, variant);
    case "at":
      return "";
    case "sequence":
      return node.parts.reduce((text, part) => bounded(text + textOf(part, variant, more)), "");
    case "choice": {
      const option = node.options[variant % Math.max(1, node.options.length)];
      return option ? textOf(option, variant, more) : "";
    }
    case "repeat": {
      const count = Math.min(node.min + more, node.max, MAX_REPEATS);
      const part = textOf(node.part, variant, 0);
      return bounded(part, count).repeat(count);
    }
  }
}

/** Returns a text. Throws if `count` copies of it exceed the limit. */
function bounded(text: string, count = 1): string {
  if (text.length * count > MAX_CHARACTERS) throw new PatternUnread();
  return text;
}

function characterOf(of: string | RegExp, variant: number): string {
  if (typeof of === "string") return of;
  const some = CHARACTERS.filter((character) => of.test(character));
  return some[variant % Math.max(1, some.length)] ?? firstOf(of);
}

/** Returns the first character of the Basic Multilingual Plane that an expression matches; `a` if it matches none. */
function firstOf(of: RegExp): string {
  for (let code = 0; code < 0x10000; code += 1) {
    const character = String.fromCharCode(code);
    if (of.test(character)) return character;
  }
  return "a";
}
