/** Makes short texts that match a pattern, for the stand-in. */
import { type CharSet, has } from "../json-schema/char-set";
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
  try {
    const node = new PatternParser(pattern, true).parse();
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
    case "set":
      return characterOf(node.set, variant);
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

/** Returns a text, unless so many of it exceed the limit. */
function bounded(text: string, count = 1): string {
  if (text.length * count > MAX_CHARACTERS) throw new PatternUnread();
  return text;
}

function characterOf(set: CharSet, variant: number): string {
  const some = CHARACTERS.filter((character) => has(set, character.codePointAt(0) ?? 0));
  return some[variant % Math.max(1, some.length)] ?? String.fromCodePoint(set.ranges[0]?.[0] ?? 0x61);
}
