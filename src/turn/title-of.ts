/** Characters of a title that is made from a question: one line of a list. */
const LENGTH = 80;

/** Returns the start of a question as one line: the title of a session without a given one. */
export const titleOf = (question: string): string =>
  [...question.slice(0, 4 * LENGTH).replace(/\s+/g, " ")].slice(0, LENGTH).join("");
