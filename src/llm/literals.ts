/** Reads literals of JSON and Python. Models mix both in calls that they write as text. */

/** Maximum nesting of lists and objects. */
const MAX_DEPTH = 64;

const SPACE = /\s*/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/iy;
const STRING = /"([^"\\]*(?:\\.[^"\\]*)*)"|'([^'\\]*(?:\\.[^'\\]*)*)'/sy;
const WORD = /[A-Za-z_][\w.-]*/y;
const ESCAPE = /\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|(.))/gis;
const ESCAPED: Record<string, string> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };
const CONSTANTS = new Map<string, boolean | null>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["none", null],
]);

const unescaped = (text: string) =>
  text.replace(ESCAPE, (_, unicode?: string, hex?: string, one = "") => {
    const code = unicode ?? hex;
    return code === undefined ? (ESCAPED[one] ?? one) : String.fromCharCode(Number.parseInt(code, 16));
  });

/** Reads a text that consists of one literal. Returns undefined for other texts. */
export function literalOf(text: string): unknown {
  const source = new Literals(text);
  const value = source.value();
  return source.end ? value : undefined;
}

/** A cursor in a text. Every method but `end` moves it past the match, or returns undefined if nothing matches. */
export class Literals {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get end(): boolean {
    this.match(SPACE);
    return this.#at >= this.#text.length;
  }

  /** @param pattern an expression with the sticky flag */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  take(token: string): boolean {
    this.match(SPACE);
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  word(): string | undefined {
    this.match(SPACE);
    return this.match(WORD)?.[0];
  }

  value(): unknown {
    if (this.take("{")) return this.#entries("}", ":", () => this.#string());
    if (this.take("[")) return this.#list("]", () => this.value());
    const text = this.#string();
    if (text !== undefined) return text;
    const number = this.match(NUMBER)?.[0];
    return number === undefined ? CONSTANTS.get(this.word()?.toLowerCase() ?? "") : Number(number);
  }

  /** Reads the arguments of a call in Python's form, after the opening bracket. */
  keywords(): Record<string, unknown> | undefined {
    return this.#entries(")", "=", () => this.word());
  }

  #string(): string | undefined {
    this.match(SPACE);
    const found = this.match(STRING);
    return found && unescaped(found[1] ?? found[2] ?? "");
  }

  #entries(close: string, between: string, name: () => string | undefined): Record<string, unknown> | undefined {
    const entries = this.#list(close, () => {
      const key = name();
      const value = key !== undefined && this.take(between) ? this.value() : undefined;
      return key !== undefined && value !== undefined ? ([key, value] as const) : undefined;
    });
    return entries && Object.fromEntries(entries);
  }

  /** Reads values with commas between them. @param read returns undefined if nothing matches */
  #list<T>(close: string, read: () => T | undefined): T[] | undefined {
    if (this.#depth >= MAX_DEPTH) return undefined;
    this.#depth += 1;
    const values: T[] = [];
    while (!this.take(close)) {
      const value = read();
      if (value === undefined) return undefined;
      values.push(value);
      if (!this.take(",") && !this.#text.startsWith(close, this.#at)) return undefined;
    }
    this.#depth -= 1;
    return values;
  }
}
