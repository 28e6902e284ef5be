/** Parses a regular expression of ECMAScript, with or without the `u` flag. */
import { type CharSet, charSet, DIGITS, inverse, LINE_ENDS, type Range, SPACE, WORD } from "./char-set";

export type PatternNode =
  | { kind: "set"; set: CharSet }
  /** `b` is at a word boundary, `B` is not at one. */
  | { kind: "at"; where: string }
  | { kind: "sequence"; parts: PatternNode[] }
  | { kind: "choice"; options: PatternNode[] }
  | { kind: "repeat"; part: PatternNode; min: number; max: number };

/** A character of a class, or a set of characters, which has no `code`. */
interface ClassAtom {
  ranges: readonly Range[];
  property?: string;
  code?: number;
}

/** Maximum nesting of groups, because the parser and the compiler recurse. */
const MAX_DEPTH = 200;

const EMPTY: PatternNode = { kind: "sequence", parts: [] };
const ANYTHING: PatternNode = {
  kind: "repeat",
  part: { kind: "set", set: charSet([], [], true) },
  min: 0,
  max: Infinity,
};
const CLASSES: Record<string, Range[]> = { d: DIGITS, s: SPACE, w: WORD };
const CONTROLS = "tnvfr";
const CONTROL_CODES = [9, 10, 11, 12, 13];
const single = (code: number): ClassAtom => ({ ranges: [[code, code]], code });

const LOOK = /\?<?[=!]/y;
const GROUP = /\?(?::|<[^>]*>)/y;
const QUANTIFIER = /([*+?]|\{\d+(?:,\d*)?\})\??/y;
const NUMBER = /\d+/y;
const NAME = /k<[^>]*>/y;
const PROPERTY = /[pP]\{\w+(?:=\w+)?\}/y;
const OCTAL = /([0-3][0-7]{0,2}|[4-7][0-7]?)/y;
const PAIR = /u(d[89ab][\da-f]{2}\\ud[c-f][\da-f]{2})/iy;
const HEX = /(?:x([\da-f]{2})|u([\da-f]{4}))/iy;
const CODE_POINT = /u\{([\da-f]+)\}/iy;
const CONTROL = /c([a-z])/iy;
const CLASS_CONTROL = /c(\w)/y;

const hex = (digits: string) => Number.parseInt(digits, 16);

/** Thrown for unsupported patterns: too deeply nested groups, or flags of a group. */
export class PatternUnread extends Error {}

export class PatternParser {
  readonly #source: string;
  readonly #unicode: boolean;
  #at = 0;
  #depth = 0;
  /** True if the tree matches the same texts as the pattern, false if it matches those and more. */
  exact = true;

  /** @param source a pattern that is valid with the `u` flag, or without it if `unicode` is false */
  constructor(source: string, unicode: boolean) {
    this.#source = source;
    this.#unicode = unicode;
  }

  /** @throws {PatternUnread} */
  parse(): PatternNode {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new PatternUnread();
    const options = [this.#sequence()];
    while (this.#eat("|")) options.push(this.#sequence());
    this.#depth -= 1;
    return options.length === 1 ? (options[0] ?? EMPTY) : { kind: "choice", options };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source.charAt(this.#at))) {
      const part = this.#quantified(this.#atom());
      // Drops empty parts. Each other part adds a step, so the limit of steps also limits the cost of copies.
      if (part !== EMPTY) parts.push(part);
    }
    const [first = EMPTY] = parts;
    return parts.length <= 1 ? first : { kind: "sequence", parts };
  }

  #quantified(part: PatternNode): PatternNode {
    const quantifier = this.#match(QUANTIFIER);
    if (quantifier === undefined) return part;
    const [least = "", most = least] = quantifier.slice(1, -1).split(",");
    const [min, max] = quantifier.startsWith("{")
      ? [Number(least), Number(most || "Infinity")]
      : [quantifier === "+" ? 1 : 0, quantifier === "?" ? 1 : Infinity];
    return part === EMPTY || max === 0 ? EMPTY : { kind: "repeat", part, min, max };
  }

  #atom(): PatternNode {
    const char = this.#take();
    switch (char) {
      case "^":
      case "$":
        return { kind: "at", where: char };
      case "(":
        return this.#group();
      case ".":
        return { kind: "set", set: charSet(LINE_ENDS, [], true) };
      case "[":
        return { kind: "set", set: this.#class() };
      case "\\":
        return this.#escaped();
      default:
        return { kind: "set", set: charSet(single(codeOf(char)).ranges) };
    }
  }

  /** Reads a group after its parenthesis. Omits lookaround: the result matches more texts, never fewer. */
  #group(): PatternNode {
    const look = this.#match(LOOK) !== undefined;
    if (!look && this.#match(GROUP) === undefined && this.#source.startsWith("?", this.#at)) throw new PatternUnread();
    const inner = this.parse();
    this.#eat(")");
    if (look) this.exact = false;
    return look ? EMPTY : inner;
  }

  #escaped(): PatternNode {
    const next = this.#source.charAt(this.#at);
    if (/[bB]/.test(next)) return { kind: "at", where: this.#take() };
    if (/[1-9]/.test(next) ? this.#match(NUMBER) : this.#match(NAME)) {
      this.exact = false;
      return ANYTHING;
    }
    const { ranges, property } = this.#escape(CONTROL);
    return { kind: "set", set: charSet(ranges, property === undefined ? [] : [propertyOf(property)]) };
  }

  #class(): CharSet {
    const inverted = this.#eat("^");
    const ranges: Range[] = [];
    const properties = new Set<string>();
    const add = (atom: ClassAtom) => {
      for (const range of atom.ranges) ranges.push(range);
      if (atom.property !== undefined) properties.add(atom.property);
    };
    while (!this.#eat("]")) {
      const from = this.#classAtom();
      if (this.#source.startsWith("-", this.#at) && !this.#source.startsWith("-]", this.#at)) {
        this.#at += 1;
        const to = this.#classAtom();
        if (from.code !== undefined && to.code !== undefined) ranges.push([from.code, to.code]);
        else for (const atom of [from, single(codeOf("-")), to]) add(atom);
      } else add(from);
    }
    return charSet(ranges, [...properties].map(propertyOf), inverted);
  }

  #classAtom(): ClassAtom {
    const char = this.#take();
    if (char !== "\\") return single(codeOf(char));
    return this.#eat("b") ? single(8) : this.#escape(this.#unicode ? CONTROL : CLASS_CONTROL);
  }

  /** Reads an escape after its backslash, if it means the same inside and outside of a class. */
  #escape(control: RegExp): ClassAtom {
    if (this.#unicode) {
      const property = this.#match(PROPERTY);
      if (property !== undefined) return { ranges: [], property };
      const pair = this.#match(PAIR);
      if (pair) return single(codeOf(String.fromCharCode(hex(pair.slice(0, 4)), hex(pair.slice(6)))));
      const code = this.#match(CODE_POINT);
      if (code) return single(hex(code));
    }
    const code = this.#match(HEX);
    if (code) return single(hex(code));
    const octal = this.#match(OCTAL);
    if (octal) return single(Number.parseInt(octal, 8));
    const letter = this.#match(control);
    if (letter) return single(codeOf(letter) % 32);
    // Without the `u` flag, a `\c` without a valid control letter is a literal backslash followed by a c.
    if (!this.#unicode && this.#source.startsWith("c", this.#at)) return single(codeOf("\\"));
    const char = this.#take();
    const known = CLASSES[char.toLowerCase()];
    if (known) return { ranges: /[A-Z]/.test(char) ? inverse(known) : known };
    return single(CONTROL_CODES[CONTROLS.indexOf(char)] ?? codeOf(char));
  }

  #take(): string {
    const char = this.#unicode
      ? String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0)
      : this.#source.charAt(this.#at);
    this.#at += char.length;
    return char;
  }

  #eat(char: string): boolean {
    const eaten = this.#source.startsWith(char, this.#at);
    if (eaten) this.#at += char.length;
    return eaten;
  }

  /** Reads the match of a sticky expression. Returns the first group, or else the whole match. */
  #match(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#source);
    if (!found) return undefined;
    this.#at = expression.lastIndex;
    return found[1] ?? found[2] ?? found[0];
  }
}

const codeOf = (char: string): number => char.codePointAt(0) ?? 0;

/** Returns a test of one character. It consists of a property's name only, so it cannot backtrack. */
const propertyOf = (name: string) => new RegExp(`^\\${name}$`, "u");
