/** Rules of the fields for questions. */

/** Characters of a question. */
export const MAX_QUESTION = 400_000;
/** The key code of a key that an input method handles. Safari sends it without isComposing. */
const INPUT_METHOD = 229;

/** Returns whether Enter sends. On a touch keyboard it starts a new line: Shift+Enter cannot be typed there. */
export const sends = ({ key, shiftKey, isComposing, keyCode }: KeyboardEvent): boolean =>
  key === "Enter" && !shiftKey && !isComposing && keyCode !== INPUT_METHOD && !matchMedia("(pointer: coarse)").matches;
