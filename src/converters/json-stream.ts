/** Splits JSON of any size into its values, so that only one of them is in memory. */
import { ConvertError } from "./converted";

/** The longest value, in characters: a chat of Telegram is one value. Strings of JavaScript end at 512 million. */
const MAX_VALUE = 256_000_000;

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN = [91, 123];
const CLOSE = [93, 125];
const ARRAY = 91;

const isSpace = (code: number) => code === 32 || (code >= 9 && code <= 13) || code === 0xfeff;

/**
 * Yields the values of a file: the elements of an array, or one value after another, for example one per line.
 * @throws {ConvertError} if the text is not JSON, or a value is too long
 */
export async function* jsonValues(text: AsyncIterable<string>, longest = MAX_VALUE): AsyncGenerator<unknown> {
  const splitter = new Splitter(longest);
  for await (const chunk of text) for (const value of splitter.push(chunk)) yield parse(value);
  for (const value of splitter.end()) yield parse(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseTelegram(text);
  }
}

/** Parses JSON with the escape `\x0B`, which JSON does not have: Telegram writes control characters in this way. */
function parseTelegram(text: string): unknown {
  try {
    return JSON.parse(text.replace(/\\(?:x([01][0-9A-F])|.)/gs, (written, code) => (code ? `\\u00${code}` : written)));
  } catch {
    throw new ConvertError("It is not valid JSON.");
  }
}

/** Finds the ends of values by their brackets and quotes. {@link parse} checks all else. */
class Splitter {
  readonly #longest: number;
  #pieces: string[] = [];
  #length = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Whether a value that began is not in brackets or quotes, for example a number. */
  #bare = false;
  /** Undefined before the first character. */
  #inArray: boolean | undefined;
  #ended = false;

  constructor(longest: number) {
    this.#longest = longest;
  }

  *push(chunk: string): Generator<string> {
    let from = this.#length > 0 ? 0 : -1;
    for (let at = 0; at < chunk.length; at += 1) {
      const code = chunk.charCodeAt(at);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === BACKSLASH) this.#escaped = true;
        else if (code === QUOTE) this.#inString = false;
        if (this.#inString || this.#depth > 0) continue;
      } else if (this.#depth === 0 && from === -1) {
        // Between two values.
        if (isSpace(code)) continue;
        if (this.#inArray === undefined) {
          this.#inArray = code === ARRAY;
          if (this.#inArray) continue;
        }
        if (this.#ended) throw new ConvertError("It is not valid JSON: text follows its end.");
        if (this.#inArray && code === COMMA) continue;
        if (this.#inArray && code === CLOSE[0]) {
          this.#ended = true;
          continue;
        }
        from = at;
        this.#inString = code === QUOTE;
        this.#depth = OPEN.includes(code) ? 1 : 0;
        this.#bare = !this.#inString && this.#depth === 0;
        continue;
      } else if (this.#bare) {
        if (!isSpace(code) && code !== COMMA && !CLOSE.includes(code)) continue;
        yield this.#take(chunk.slice(from, at));
        from = -1;
        if (code === CLOSE[0] && this.#inArray) this.#ended = true;
        continue;
      } else if (code === QUOTE) {
        this.#inString = true;
        continue;
      } else if (OPEN.includes(code)) {
        this.#depth += 1;
        continue;
      } else if (CLOSE.includes(code)) {
        this.#depth -= 1;
        if (this.#depth > 0) continue;
      } else {
        continue;
      }
      yield this.#take(chunk.slice(from, at + 1));
      from = -1;
    }
    if (from >= 0) this.#keep(chunk.slice(from));
  }

  *end(): Generator<string> {
    if (this.#length > 0 && this.#bare && !this.#inArray) yield this.#take("");
    if (this.#length > 0 || (this.#inArray && !this.#ended))
      throw new ConvertError("It is cut off: its JSON has no end.");
  }

  #keep(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length > this.#longest)
      throw new ConvertError(`One of its values has more than ${this.#longest} characters.`);
  }

  #take(piece: string): string {
    this.#keep(piece);
    const value = this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    this.#bare = false;
    return value;
  }
}
