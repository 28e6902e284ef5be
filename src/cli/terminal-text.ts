/** Writes text of others: answers of models, titles, facts, messages. */

/** Control characters, except tabs and line breaks. */
const CONTROLS = /(?![\t\n])\p{Cc}/gu;

/**
 * Writes a text. Removes control characters for a terminal, because they could change its other text, its title or the
 * clipboard. Files and pipes get the text unchanged.
 */
export function writeText(text: string, out: NodeJS.WriteStream = process.stdout): void {
  out.write(out.isTTY ? text.replace(CONTROLS, "") : text);
}
