/** Returns whether a text begins with `start`, or may do so once it is longer. */
export const mayStart = (text: string, start: string) => text.startsWith(start) || start.startsWith(text);
