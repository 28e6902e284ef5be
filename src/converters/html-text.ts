/** Returns the text of HTML, in lines. Neither checks nor needs valid HTML. */

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** The longest tag, in characters. */
const TAG = /<(\/?[a-z][a-z0-9]{0,20}|!--)[^<>]{0,5000}>/gi;
const BREAKS = /^(?:br|\/(?:p|div|li|tr|h\d|pre|blockquote|ul|ol|table))$/i;

export const textOfHtml = (html: string): string =>
  html
    .replace(TAG, (_, name: string) => (/^li$/i.test(name) ? "- " : BREAKS.test(name) ? "\n" : ""))
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (written, decimal, hex, name) => {
      if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? written;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : written;
    })
    .replace(/(?<![ \t])[ \t]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
