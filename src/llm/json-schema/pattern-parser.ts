/** Parses a regular expression of ECMAScript, with or without the `u` flag. */

export type PatternNode =
  /** One character: this one, or one that the expression matches, which is a class or an escape of the pattern. */
  | { kind: "one"; of: string | RegExp }
  /** `b` is at a word boundary, `B` is not at one. */
  | { kind: "at"; where: string }
  | { kind: "sequence"; parts: PatternNode[] }
  | { kind: "choice"; options: PatternNode[] }
  | { kind: "repeat"; part: PatternNode; min: number; max: number };

/** Maximum nesting of groups, because the parser and the compiler recurse. */
const MAX_DEPTH = 200;

const EMPTY: PatternNode = { kind: "sequence", parts: [] };
const ANYTHING: PatternNode = { kind: "repeat", part: { kind: "one", of: /^.$/su }, min: 0, max: Infinity };

const LOOK = /\?<?[=!]/y;
const GROUP = /\?(?::|<[^>]*>)/y;
const QUANTIFIER = /([*+?]|\{\d+(?:,\d*)?\})\??/y;
const CLASS = /(?:\\.|[^\]\\])*\]/sy;
const BOUNDARY = /[bB]/y;
const REFERENCE = /[1-9]\d*|k<[^>]*>/y;
/** An escape without its backslash. Without the `u` flag, a `\c` without a control letter is a literal backslash. */
const ESCAPE = /x[\da-fA-F]{2}|u[\da-fA-F]{4}|c[a-zA-Z]|[0-3][0-7]{0,2}|(?=c)|./sy;
const UNICODE_ESCAPE = /[pP]\{[^}]*\}|u\{[^}]*\}|u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}/y;

/** Thrown for unsupported patterns: too deeply nested groups, or flags of a group. */
export class PatternUnread extends Error {}

/** Returns the character at an index, with the flag `u` a code point, otherwise a UTF-16 unit; empty at the end. */
export function characterAt(text: string, at: number, flags: string): string {
  const code = flags ? text.codePointAt(at) : undefined;
  return code === undefined ? text.charAt(at) : String.fromCodePoint(code);
}

export class PatternParser {
  readonly #source: string;
  readonly #flags: string;
  #at = 0;
  #depth = 0;
  /** True if the tree matches the same texts as the pattern, false if it matches those and more. */
  exact = true;
  /** The classes and escapes of the pattern. They match one character, so they cannot backtrack. */
  readonly classes = new Map<string, RegExp>();

  /** @param source a pattern that is valid with these flags, `u` or none */
  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  /** @throws {PatternUnread} */
  parse(): PatternNode {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new PatternUnread();
    const options = [this.#sequence()];
    while (this.#match(/\|/y)) options.push(this.#sequence());
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
    const char = characterAt(this.#source, this.#at, this.#flags);
    this.#at += char.length;
    switch (char) {
      case "^":
      case "$":
        return { kind: "at", where: char };
      case "(":
        return this.#group();
      case ".":
        return this.#class(char);
      case "[":
        return this.#class(char + this.#match(CLASS));
      case "\\":
        return this.#escaped();
      default:
        return { kind: "one", of: char };
    }
  }

  /** Reads a group after its parenthesis. Omits lookaround: the result matches more texts, never fewer. */
  #group(): PatternNode {
    const look = this.#match(LOOK) !== undefined;
    if (!look && this.#match(GROUP) === undefined && this.#source.startsWith("?", this.#at)) throw new PatternUnread();
    const inner = this.parse();
    this.#at += 1;
    if (look) this.exact = false;
    return look ? EMPTY : inner;
  }

  /** Reads an escape after its backslash. */
  #escaped(): PatternNode {
    const where = this.#match(BOUNDARY);
    if (where) return { kind: "at", where };
    if (this.#match(REFERENCE)) {
      this.exact = false;
      return ANYTHING;
    }
    return this.#class(`\\${(this.#flags && this.#match(UNICODE_ESCAPE)) || this.#match(ESCAPE) || "\\"}`);
  }

  #class(source: string): PatternNode {
    const known = this.classes.get(source) ?? new RegExp(`^${source}$`, this.#flags);
    this.classes.set(source, known);
    return { kind: "one", of: known };
  }

  /** Reads the match of a sticky expression. Returns the first group, or else the whole match. */
  #match(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#source);
    if (!found) return undefined;
    this.#at = expression.lastIndex;
    return found[1] ?? found[0];
  }
}
