/** Recognizes messages that ask to forget something. */

/** Characters of a message that are read: a wish begins it, and names little. */
const READ = 500;

/**
 * "Forget", in the languages of the memory's own word list, after polite words. Deleting may mean anything else, so it
 * is not recognized. Letters of any script end the match at once; forget-me-nots are flowers.
 */
const WISH =
  /^[\s\p{P}]*(?:(?:please|bitte|por favor|per favore|s'il (?:te|vous) pla[iî]t|(?:can|could|would|will) you|you (?:can|should)|i want you to)[\s\p{P}]+){0,3}(?:forget|vergiss|vergessen sie|olv[ií]da(?:lo)?|oublie[zr]?|esque[cç][ae]|dimentica(?:lo)?)(?![\p{L}\p{N}\p{M}]|[-\u2010\u2011]\p{L}+[-\u2010\u2011])(.*)$/isu;

/** Words that name nothing: pronouns, and polite words. */
const EMPTY = new Set(
  "a about all alles and any anything bitte ca cela ces ça das de del denn der dies diese dieses du el es esa eso est esta este esto et everything favor favore i il isso isto it je just la last le lo lui me message mir my o of one per plait plaît please por quello question questo said say s sie so something te that the them these they things this those to todo told tout tudo tutto vous was what which wieder you your".split(
    " ",
  ),
);

/**
 * Returns the text to look for in the memory if a message asks to forget something; empty if it names nothing, as in
 * "Forget that.". Returns null for any other message.
 */
export function forgetWishOf(message: string): string | null {
  const named = WISH.exec(message.trimStart().slice(0, READ).normalize("NFC"))?.[1];
  if (named === undefined) return null;
  const words = named.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.some((word) => !EMPTY.has(word.toLowerCase())) ? named.trim() : "";
}
