/** Recognizes messages that ask to forget something. */

/** "Forget", in the languages of the memory's own word list. Deleting may mean anything else, so it is not recognized. */
const WISH =
  /^\W*(?:please|bitte|por favor|s'il (?:te|vous) pla[iî]t)?\W*(?:(?:can|could|would) you |you (?:can|should) |i want you to )?(?:forget|vergiss|vergessen sie|olvida|oublie[zr]?|esque[cç][ae]|dimentica)\b(.*)$/isu;

/** Words that name nothing. */
const EMPTY = new Set(
  "a about all and any anything das de el esto est everything i it just last me message my of one please question said say so something that the them these they things this those told was what which you your".split(
    " ",
  ),
);

/**
 * Returns the text to look for in the memory if a message asks to forget something; empty if it names nothing, as in
 * "Forget that.". Returns null for any other message.
 */
export function forgetWishOf(message: string): string | null {
  const named = WISH.exec(message)?.[1];
  if (named === undefined) return null;
  const words = named.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.some((word) => !EMPTY.has(word.toLowerCase())) ? named.trim() : "";
}
