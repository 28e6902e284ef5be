/** Cuts long texts: copies of a whole long text, for example in lower case, would take megabytes. */

/** Characters of a part. */
const PART = 8_000;
/** The most further characters of a part, so that it ends at white space or with the text. */
const MORE = 40;

/** Returns the parts of a text, in order. A part that ends within a word has the first character of the next one, too. */
export function* textParts(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const least = start + PART;
    const space = text.slice(least, least + MORE).search(text.length - least > MORE ? /\s/ : /\s|$/);
    const end = space === -1 ? wholeCharacters(text, least) : least + space;
    // Scripts without spaces are indexed by pairs of characters.
    yield text.slice(start, space === -1 ? wholeCharacters(text, end + 1) : end);
    start = end;
  }
}

/** Returns a position, or the next one if it is within a surrogate pair. */
const wholeCharacters = (text: string, at: number) => (/[\ud800-\udbff]/.test(text.charAt(at - 1)) ? at + 1 : at);
