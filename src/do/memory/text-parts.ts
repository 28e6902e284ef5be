/** Cuts long texts: copies of a whole long text, for example in lower case, would take megabytes. */

/** Characters of a part. */
const PART = 8_000;
/** The most further characters of a part, so that it ends at a space. */
const MORE = 40;

/** Returns the parts of a text, in order. */
export function* textParts(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const space = text.indexOf(" ", start + PART);
    const end = space !== -1 && space < start + PART + MORE ? space : start + PART;
    yield text.slice(start, end);
    start = end;
  }
}
